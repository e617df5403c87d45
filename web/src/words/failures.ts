// Why work failed, [Chinese, English], by the code that never changes its meaning.
import type { components } from "../api/schema";

export type FailureCode = components["schemas"]["ErrorCode"];

export const FAILURES: Record<FailureCode, readonly [string, string]> = {
  cancelled: ["已按要求取消", "Cancelled on request"],
  timed_out: ["超过了允许的时间，请重试，或拆分文件", "It took longer than allowed; try again, or split the files"],
  worker_lost: ["执行它的进程多次异常退出，不再自动重试：请手动重试一次，仍然失败请联系管理员", "Its worker died several times and it is not tried again by itself; retry it once, and tell an administrator if it fails again"],
  dependency_failed: ["它所等待的任务没有成功：请先处理失败的文件或任务，再重试", "Work it waited for did not succeed; mend the file or the work that failed, then retry"],
  bad_call: ["任务的参数不正确：请刷新页面后重新开始，仍然失败请联系管理员", "The job was asked for in a way that is not understood; reload the page and start it anew, or tell an administrator"],
  storage_unavailable: ["数据库或文件存储没有应答，请稍后重试", "The database or the file store did not answer; try again later"],
  storage_full: ["存储空间已满，请联系管理员", "The storage is full; tell an administrator"],
  file_missing: ["文件已被删除，请重新上传", "The file was deleted; upload it again"],
  file_encrypted: ["文件已加密，请去除密码后重新上传", "The file is encrypted; take the password away and upload it again"],
  file_empty: ["文件没有内容，请检查后重新上传", "The file holds nothing; look into it and upload it again"],
  file_unsupported: ["不支持这种格式，请另存为 PDF 或 DOCX 后上传", "This format is not read; save it as PDF or DOCX and upload that"],
  file_over_limits: ["文件过大、页数过多或读取过慢，请拆分后上传", "The file is too large, too long or too slow to read; split it"],
  file_unreadable: ["文件损坏，或内容与扩展名不符，请另存后重新上传", "The file is broken or not what its name says; save it anew and upload that"],
  no_text: ["文件中没有可读取的文字，扫描件请先做文字识别", "The files hold no readable words; have scans recognised first"],
  bad_rules: ["规则文件有错误，请按提示修改后重新上传", "A file of rules has a mistake; correct what is named below and upload it again"],
  unknown_model: ["没有配置这个模型，请联系管理员配置，或选用其他模型", "No such model is configured; have an administrator configure it, or choose another"],
  model_unavailable: ["模型服务没有应答或正忙，请稍后重试", "The model's server does not answer or is busy; try again later"],
  model_misconfigured: ["模型服务拒绝了请求，请管理员检查密钥、地址和模型名称", "The model's server refuses; an administrator should check key, address and name"],
  model_refused: ["模型拒绝回答，请重试，或请管理员换用其他模型", "The model refused to answer; try again, or have an administrator choose another model"],
  model_truncated: ["模型的回答超出长度上限而被截断，请管理员调高上限或换用其他模型", "The model's answer was cut off at its limit; have an administrator raise it or choose another model"],
  model_unusable: ["模型的回答不合要求的格式，请重试，或请管理员换用其他模型", "The model's answer has not the form that was asked for; try again, or have an administrator choose another model"],
  internal: ["程序内部出错，请联系管理员", "Something went wrong inside the program; tell an administrator"],
};

/** A run, a job or a file that failed. */
export interface Failed { error?: string | null; error_code?: string | null; message?: string }

/** A failure in the reader's language, and the server's own words, which are all there is of an older or a newer server's. */
export function failureWords({ error, error_code: code, message }: Failed, language: string): { summary: string; detail: string } {
  const known = code ? FAILURES[code as FailureCode] : undefined;
  const detail = error || message || "";
  return known ? { summary: known[language === "en" ? 1 : 0], detail } : { summary: detail, detail: "" };
}
