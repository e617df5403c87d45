// Names of the domain's words. Fields and choices are the server's own table; the rest are the API's closed lists.
import domain from "../../../crates/domain/src/labels.json";

type Pairs = Record<string, string[]>;

const verdict: Pairs = { pass: ["符合", "Pass"], risk: ["风险", "Risk"], fail: ["不符合", "Fail"] };
const run: Pairs = { pending: ["排队中", "waiting"], running: ["进行中", "running"], success: ["完成", "done"], failed: ["失败", "failed"], cancelled: ["已取消", "cancelled"], queued: ["排队中", "waiting"], succeeded: ["完成", "done"] };
const kind: Pairs = { ingest: ["读取文件", "Read files"], extract_project_info: ["提取项目信息", "Extract facts"], extract_risks: ["识别风险", "Find risks"], review: ["审查投标文件", "Review bids"], generate_directory: ["生成目录", "Make the outline"], fill_directory_samples: ["填入格式", "Fill in the forms"] };
const stage: Pairs = { recognising: ["文字识别", "recognising"], waiting: ["等待", "waiting"], reading: ["读取", "reading"], extracting: ["提取", "extracting"], reviewing: ["审查", "reviewing"], storing: ["保存", "storing"], indexing: ["建立索引", "indexing"], parsing: ["解析", "parsing"] };
const asset: Pairs = { tender: ["招标文件", "Tender"], bid: ["投标文件", "Bid"], custom_rule: ["自定义规则", "Custom rules"], attachment: ["附件", "Attachment"] };
const assetStatus: Pairs = { ready: ["已读取", "read"], pending: ["等待读取", "waiting"], queued: ["等待读取", "waiting"], parsing: ["读取中", "being read"], running: ["读取中", "being read"], failed: ["读取失败", "failed"] };
const severity: Pairs = { critical: ["致命", "Critical"], high: ["高", "High"], medium: ["中", "Medium"], low: ["低", "Low"] };
const certainty: Pairs = { explicit: ["文件明示", "explicit"], legend: ["按标记说明", "by the legend"], statutory: ["法律规定", "statutory"], inferred: ["推断", "inferred"] };
const riskType: Pairs = { mustReject: ["可致废标", "Can disqualify"], other: ["其他", "Other"] };
const riskTag: Pairs = { 保证金: ["保证金", "bond"], 报价: ["报价", "price"], 签字盖章: ["签字盖章", "signatures and seals"], 资格: ["资格", "qualification"], 有效期: ["有效期", "validity"], 密封递交: ["密封递交", "sealing and submission"], 技术参数: ["技术参数", "technical parameters"], 联合体: ["联合体", "consortium"], 串通: ["串通", "collusion"], 工期: ["工期", "delivery time"], 信用: ["信用", "record"], 格式: ["格式", "forms"], 矛盾: ["矛盾", "contradiction"], 合规: ["合规", "compliance"] };
const fieldStatus: Pairs = { found: ["已找到", "found"], stated_none: ["文件写明没有", "stated: none"], refers_elsewhere: ["见其他文件", "refers elsewhere"], conflicting: ["前后矛盾", "conflicting"], not_found: ["未找到", "not found"], unreadable: ["无法读取", "unreadable"] };
const dimension: Pairs = { 资格审查: ["资格审查", "Qualification"], 报价审查: ["报价审查", "Price"], 技术审查: ["技术审查", "Technical"], 商务审查: ["商务审查", "Commercial"], 工期与质量: ["工期与质量", "Schedule and quality"], 文档结构: ["文档结构", "Document structure"], 其他: ["其他", "Other"] };
const requirementType: Pairs = {
  money_max: ["金额上限", "highest sum"], duration_min: ["最短期限", "shortest period"], duration_max: ["最长期限", "longest period"], date_before: ["截止时间", "deadline"], percent_max: ["比例上限", "highest share"], count_min: ["最少数量", "least count"],
  document_present: ["须附文件", "document"], signature: ["签字盖章", "signature"], certificate: ["资质证书", "certificate"], parameter: ["技术参数", "parameter"], declaration: ["承诺声明", "declaration"], semantic: ["文字要求", "in words"],
};
const reason: Pairs = {
  met: ["满足", "met"], missing_after_full_search: ["全文检索未找到", "missing after a full search"], contradicted: ["与要求相反", "contradicted"], not_found: ["未找到", "not found"], needs_ocr: ["部分页面无法读取", "pages unreadable"],
  needs_human: ["需人工核验", "for a person"], conflicting: ["前后不一", "conflicting"], not_met: ["似不满足", "seems not met"], insufficient_evidence: ["证据不足", "insufficient evidence"], partially_met: ["部分满足", "partially met"],
};
const decision: Pairs = { accepted: ["已认可", "accepted"], edited: ["已修改", "edited"], rejected: ["已驳回", "rejected"] };
const ledger: Pairs = { confirmed: ["已确认", "confirmed"], edited: ["已修改", "edited"], dropped: ["已剔除", "dropped"], added: ["人工添加", "added"] };
const clueLevel: Pairs = { candidate: ["认定级疑似", "May fit a statutory case"], lead: ["线索级", "Leads"] };
const clueKind: Pairs = {
  text_reuse: ["文字雷同", "Same text"], file_traits: ["文件痕迹", "Traits of files"], shared_error: ["相同错误", "Same mistake"], entity_leak: ["出现他人信息", "Another bidder's name"], shared_contact: ["联系方式或人员", "Same contact or person"], shared_account: ["同一账户", "Same account"], price_pattern: ["报价规律", "Pattern of prices"], same_file: ["相同图片或文件", "Same picture or file"],
};
/** What jobs do, by the name of their function. */
const job: Pairs = {
  "app.queue.tasks.async_ingest_asset_v2": kind.ingest!, "app.queue.tasks.async_extract_project_info_v2": kind.extract_project_info!, "app.queue.tasks.async_extract_risks_v2": kind.extract_risks!, "bidlens.generate_directory": kind.generate_directory!, "app.queue.tasks.async_review_run_v2": kind.review!,
};
const queue: Pairs = { default: ["默认", "default"], ingest: ["读取", "Reading"], extract: ["提取", "Extraction"], review: ["审查", "Review"] };
const health: Pairs = { ok: ["正常", "fine"], failed: ["异常", "failed"] };
const check: Pairs = { database: ["数据库", "Database"], queue: ["队列", "Queue"], files: ["文件存储", "File store"] };

/** What is met while a file is read. */
const issue: Pairs = {
  encrypted: ["文件已加密", "encrypted"], truncated: ["文件不完整", "truncated"], empty: ["没有内容", "empty"], mislabelled: ["内容与扩展名不符", "not what its name says"], too_large: ["超过大小限制", "too large"], expansion_limit: ["解压后超过限制", "inflates beyond the limit"], too_many_pages: ["页数超过限制", "too many pages"], unsupported: ["不支持的格式", "unsupported"], malformed: ["文件损坏", "malformed"],
  unreadable_page: ["此页无法读取文字", "page without readable words"], unread_picture: ["图片中的文字未读", "words of a picture not read"], unreadable_glyphs: ["有字形无法识别", "glyphs without a meaning"], encoding_guessed: ["编码为推测", "encoding guessed"], hidden_text: ["含隐藏文字", "hidden text"], tracked_changes: ["含修订痕迹", "tracked changes"], uncached_formula: ["公式未计算", "formula without a value"], part_limit: ["部分内容超限未读", "a part was left out"], interrupted: ["读取被中断", "interrupted"],
  unfilled_control: ["表单控件未填", "form field not filled in"], outside_content: ["引用了文件外的内容", "shows what is not in the file"], recognised: ["文字由识别得到", "words were recognised"], seal_mark: ["有类似印章的红色标记", "a red mark like a seal"], converted: ["经格式转换读取", "converted first"], changed_after_signing: ["签名后又有改动", "changed after signing"], partly_signed: ["签名未覆盖全部内容", "signed only in part"], struck_text: ["含删除线文字", "struck-out text"], unread_files: ["内含未读取的文件", "files inside were not read"],
};

export const LABELS = { ...(domain as { fields: Pairs; choices: Pairs }), verdict, run, kind, stage, asset, assetStatus, severity, certainty, riskType, riskTag, fieldStatus, dimension, requirementType, reason, decision, ledger, clueLevel, clueKind, job, queue, health, check, issue };

/** Field keys in the order people read them. */
export const FIELD_ORDER = Object.keys(domain.fields);
