// The server's refusals in Chinese, by the code that never changes its meaning; English is the server's own detail.
// `true`: the words say it all; otherwise the detail, which names the file or the limit, follows in brackets.

const PROBLEMS: Record<string, [string, boolean?]> = {
  bad_credentials: ["用户名或密码不正确", true], wrong_password: ["当前密码不正确，没有作任何修改", true], bad_password: ["密码至少要有 8 个字符", true], bad_username: ["用户名应为 1 至 64 个可显示的字符", true], taken: ["这个名称已被使用，请换一个", true], too_many_logins: ["登录尝试过于频繁，请稍后再试"], bad_token: ["登录已过期，请重新登录", true],
  not_found: ["没有找到：可能已被删除，或者不属于您", true], stale_confirm_token: ["项目在此期间有变化，请重新确认后再删除", true], bad_name: ["名称不合要求"], bad_description: ["说明过长"], field_too_long: ["填写的内容过长"], missing_field: ["缺少必填内容"],
  bidder_name_missing: ["投标文件须填写投标人名称", true], bad_bidder_name: ["投标人名称过长或含有不能显示的字符", true], bad_file: ["文件不能使用"], empty_file: ["文件是空的"], file_too_large: ["文件超过大小限制"], request_too_large: ["一次上传的内容超过限制"], too_many_files: ["一次上传的文件过多"], unsupported_media_type: ["不支持这种类型的文件"], bad_form: ["上传的表单不完整"], bad_rules: ["规则文件有错误"], too_many_uploads: ["未完成的上传过多，请等其中一些完成后再试", true], wrong_offset: ["上传的位置与服务器不一致，请重新上传", true], upload_moved: ["同一文件正在另一处上传", true], upload_broken_off: ["上传中断，已收到的部分已保留", true], upload_too_long: ["文件在上传期间有变化，请重新上传", true], too_many_pieces: ["上传中断次数过多，请重新上传", true], same_file: ["项目中已有同样的文件，请删除其中一份", true], rules_are_not_read: ["规则文件与其他文件不能互相更改，请删除后重新上传", true],
  no_tender: ["项目中还没有招标文件，请先上传", true], no_bid: ["项目中还没有投标文件，请先上传", true], unknown_bidder: ["项目中没有这家投标人的文件"], unknown_asset: ["项目中没有这份文件"], unknown_model: ["没有这个模型"],
  run_open: ["同样的请求已有一次较新的运行在进行", true], run_ended: ["运行已经结束"], run_not_retryable: ["只有失败或已取消的运行才能重试"], job_not_retryable: ["只有失败或已取消的任务才能重试"], run_not_kept: ["这次审查的结果已不再保留", true], nothing_to_compare: ["至少审查两次后才能对比", true], nothing_to_export: ["还没有可导出的内容，请先提取或审查", true],
  clues_not_allowed: ["跨投标人线索只对获得授权的用户显示，请联系管理员", true], finding_changed: ["结论在此期间有变化，请看过新的内容再决定", true], bad_decision: ["这个决定不完整"], quote_not_found: ["招标文件中没有这段逐字原文"], requirement_added: ["人工添加的要求只能删除"], bad_edit: ["修改的内容不合要求"], bad_dimension: ["没有这个审查维度"],
  empty_query: ["请输入要查找的内容", true], query_too_long: ["查找的内容过长", true], common_words_only: ["这些字词太常见，请补充更具体的字词", true], no_page_image: ["这一页没有可显示的图像"], not_a_bid: ["只有投标文件才有审查结论", true], no_annotations: ["只有 PDF 和 Word（DOCX）文件可以加批注", true], encrypted: ["文件有密码保护，不能加批注，请去除保护后重新上传", true], unreadable: ["文件损坏，不能加批注，请另存后重新上传"], bad_range: ["页码范围不对"], unknown_queue: ["没有这个队列"],
  shutting_down: ["服务器正在停机，请稍后再试", true], database_unusable: ["数据库暂时不能使用，请联系管理员"], file_store_unavailable: ["文件存储暂时不能使用，请联系管理员"], too_many_watchers: ["同时查看的人过多，请稍后再试", true], idempotency_in_progress: ["同样的请求正在处理", true], internal: ["服务器内部出错，请联系管理员", true],
};

/** A refusal in the reader's language. */
export function refusal(code: string, detail: string, language: string): string {
  const known = language === "en" ? undefined : PROBLEMS[code];
  if (!known) return detail;
  const [words, complete] = known;
  return complete || !detail ? words : `${words}（${detail}）`;
}
