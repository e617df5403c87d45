// Values of fields, money and moments in words.
import type { Language } from "../words";
import type { LABELS } from "../words/labels";

type Label = (group: keyof typeof LABELS, word: string) => string;

export function money(amount: number, currency: string, language: Language): string {
  try { return new Intl.NumberFormat(language, { style: "currency", currency, maximumFractionDigits: 2, minimumFractionDigits: 0 }).format(amount); }
  catch { return `${amount} ${currency}`; }
}

/** A moment of a document: it has no zone, and none is made up. */
export function moment(text: string, language: Language): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}))?/.exec(text);
  if (!match) return text;
  const [, year, month, day, hour, minute] = match;
  const date = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return hour ? `${date} ${hour}:${minute}` : date;
}

/** A moment of the server, on the reader's clock; `medium` has the seconds. */
export const clock = (text: string | null | undefined, language: Language, timeStyle: "short" | "medium" = "short") => text ? new Date(text).toLocaleString(language, { dateStyle: "short", timeStyle }) : "";

const MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?/;

export function valueText(value: unknown, language: Language, label: Label): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return language === "en" ? (value ? "yes" : "no") : (value ? "是" : "否");
  if (typeof value === "string") return MOMENT.test(value) && value.length <= 20 ? moment(value, language) : label("choices", value) === value.replaceAll("_", " ") ? value : label("choices", value);
  if (Array.isArray(value)) return value.map((one) => valueText(one, language, label)).join(language === "en" ? "; " : "；");
  if (typeof value === "object") {
    const object = value as Record<string, unknown>;
    if (typeof object.amount === "number") return money(object.amount, String(object.currency ?? "CNY"), language);
    // Said in the tender's own words, beside what was reckoned from them.
    if (typeof object.text === "string" && object.text) return object.text;
    if (typeof object.percent === "number") return `${object.percent}%`;
    return Object.entries(object).filter(([, one]) => one !== null && one !== undefined && one !== "").map(([key, one]) => `${key.replaceAll("_", " ")}: ${valueText(one, language, label)}`).join("；");
  }
  return String(value);
}

/** The deadline of a project's facts, read as China's time when it names no zone. */
export function deadlineOf(value: unknown): Date | null {
  if (typeof value !== "string" || !MOMENT.test(value)) return null;
  const zoned = /[Z+]/.test(value.slice(10)) ? value : `${value.length === 10 ? `${value}T23:59` : value}+08:00`;
  const date = new Date(zoned);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** What is left until a moment: whole days, and of the last two whole hours. */
export interface TimeLeft { word: "day" | "hour"; n: number; tone: "fail" | "risk" | "" }

const HOUR_MS = 3_600_000;

/** Nothing is left of what has passed. */
export function timeLeft(at: Date, now: number): TimeLeft | null {
  const hours = Math.floor((at.getTime() - now) / HOUR_MS);
  if (at.getTime() <= now) return null;
  const tone = hours < 72 ? "fail" : hours < 240 ? "risk" : "";
  return hours < 48 ? { word: "hour", n: hours, tone } : { word: "day", n: Math.floor(hours / 24), tone };
}

export function bytes(size: number): string {
  const steps = ["B", "KB", "MB", "GB"];
  let step = 0;
  while (size >= 1024 && step < steps.length - 1) { size /= 1024; step += 1; }
  return `${size >= 10 || step === 0 ? Math.round(size) : size.toFixed(1)} ${steps[step]}`;
}

export function duration(from: string | null | undefined, to: string | null | undefined): string {
  if (!from) return "";
  const seconds = ((to ? Date.parse(to) : Date.now()) - Date.parse(from)) / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

const EXPORTS: Record<string, readonly [string, string]> = {
  clarifications: ["澄清函.docx", "clarification letter.docx"], ics: ["截止时间.ics", "deadlines.ics"], ocds: ["ocds.json", "ocds.json"], sarif: ["findings.sarif", "findings.sarif"], annotations: ["annotations.json", "annotations.json"],
  html: ["报告.html", "report.html"], docx: ["报告.docx", "report.docx"], xlsx: ["对照矩阵.xlsx", "matrix.xlsx"], json: ["报告.json", "report.json"],
};

/** The name under which an export of a project is saved. */
export function exportName(project: string, format: string, language: Language): string {
  const what = EXPORTS[format]?.[language === "en" ? 1 : 0] ?? `report.${format}`;
  // What file systems do not take in names, and more than they take.
  const whose = [...project.replaceAll(/[\s\p{Cc}\\/:*?"<>|]+/gu, " ").trim()].slice(0, 80).join("").trim();
  return whose ? `${whose} - ${what}` : what;
}

/** The name under which a bidder's file is saved with the findings in it. */
export const annotatedName = (filename: string) => filename.replace(/\.[^.]*$/, ".annotated$&");
