// The few things that the pages compute by themselves.
import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { dataOf } from "./api/events";
import type { Clue, Finding, OutlineNode, Requirement, Run, RunStatus, Segment } from "./api/types";
import { guess } from "./api/guess";
import { fresh } from "./api/kept-uploads";
import { paragraphsOf, placesOf, quotePlaces, runsOf, tilesOf } from "./compute/lines";
import { hourly } from "./compute/queues";
import { rowsOf } from "./compute/matrix";
import { partsOf } from "./compute/ranges";
import { followed } from "./compute/runs";
import { spanNames } from "./compute/spans";
import { demandOf, lawsOf, reasonsOf, remarkOf, summaryOf, told } from "./compute/wording";
import { nest, sectionsOf, treeOf } from "./compute/trees";
import openapi from "../openapi.json";
import { FAILURES, failureWords } from "./words/failures";
import { LABELS } from "./words/labels";
import { refusal } from "./words/problems";
import { annotatedName, bytes, deadlineOf, duration, exportName, moment, money, timeLeft } from "./parts/value";

const finding = (part: Partial<Finding>): Finding => ({ id: "f", version: "1", bidder_name: "甲公司", source: "compare", dimension: "报价审查", requirement_id: null, requirement_text: "", response_text: "", result: "pass", remark: "", rigid: false, rule_id: "B001", reason_code: null, state: "judged", legal_basis: [], tender_evidence_spans: [], bid_evidence_spans: [], ...part });
const requirement = (part: Partial<Requirement>): Requirement => ({ id: "r1", text: "最高限价", type: "money_max", dimension: "报价审查", mark: "", rigid: true, evidence_spans: [], edit: null, ...part });

describe("what a dropped file seems to be", () => {
  it.each([
    ["某某项目招标文件（含投标须知）.pdf", "tender", ""],
    ["竞争性磋商文件.docx", "tender", ""],
    ["云州博砚智能设备有限公司投标文件.docx", "bid", "云州博砚智能设备有限公司"],
    ["投标/青禾教学装备股份有限公司/技术标.pdf", "bid", "青禾教学装备股份有限公司"],
    ["响应文件.pdf", "bid", ""],
    ["Tender for school desks.pdf", "tender", ""],
    ["our proposal.docx", "bid", ""],
    ["rules.yml", "custom_rule", ""],
    ["补遗一.docx", "tender", ""],
  ])("%s", (path, kind, bidder) => expect(guess(path)).toEqual({ kind, bidder }));
});

it("remembers uploads for as long as the server does", () => {
  const kept = { a: { id: "1", at: 1_000 }, b: { id: "2", at: 90_000_000 } };
  expect(fresh(JSON.stringify(kept), 90_000_001)).toEqual({ b: kept.b });
  expect(fresh("no JSON", 0)).toEqual({});
  expect(fresh(null, 0)).toEqual({});
});

it("follows no more runs than leave a browser connections for the page, and those first that work or are next", () => {
  const runs = (["pending", "success", "pending", "running", "failed", "running", "running"] as RunStatus[]).map((status, at) => ({ id: `r${at}`, status, created_at: `2026-11-28T10:0${9 - at}:00Z` }) as Run);
  expect(followed(runs)).toEqual(["r6", "r5"]);
  expect(followed(runs.slice(0, 4))).toEqual(["r3", "r2"]);
  expect(followed(runs.slice(1, 2))).toEqual([]);
});

describe("the matrix", () => {
  it("has a row for each requirement that was judged, and one for each thing checked besides", () => {
    const rows = rowsOf([
      finding({ requirement_id: "r1", result: "pass" }),
      finding({ requirement_id: "r1", bidder_name: "乙公司", result: "fail" }),
      finding({ rule_id: "B002", requirement_text: "大小写一致", result: "risk" }),
      finding({ rule_id: "B002", requirement_text: "大小写一致", result: "pass", bidder_name: "乙公司" }),
    ], [requirement({}), requirement({ id: "r2", text: "无人判断" })], "zh-CN");
    expect(rows.map((row) => [row.text, row.worst, [...row.cells.keys()]])).toEqual([["最高限价", "fail", ["甲公司", "乙公司"]], ["大小写一致", "risk", ["甲公司", "乙公司"]]]);
  });
  it("leaves dropped requirements to the findings that still name them", () => {
    const rows = rowsOf([finding({ requirement_id: "r1", requirement_text: "最高限价" })], [requirement({ edit: { state: "dropped" } })], "zh-CN");
    expect(rows.map((row) => row.key)).toEqual(["B001\n最高限价"]);
  });
});

it("says what is found in the reader's language, and in Chinese what an earlier version found", () => {
  const now = finding({ remark: "未附“投标函”", remark_en: "“投标函” is missing" });
  expect([remarkOf(now, "zh-CN"), remarkOf(now, "en")]).toEqual(["未附“投标函”", "“投标函” is missing"]);
  expect(remarkOf(finding({ remark: "未附“投标函”" }), "en")).toBe("未附“投标函”");
  expect(rowsOf([now], [], "en").map((row) => row.text)).toEqual(["“投标函” is missing"]);
  const clue = { summary: "总报价相同", summary_en: "The same total price", innocent: ["取整", "误抄"], innocent_en: ["Rounding"] } as Clue;
  expect([summaryOf(clue, "en"), reasonsOf(clue, "en")]).toEqual(["The same total price", ["Rounding", "误抄"]]);
  expect([summaryOf(clue, "zh-CN"), reasonsOf(clue, "zh-CN")]).toEqual(["总报价相同", ["取整", "误抄"]]);
});

describe("trees", () => {
  it("sums the points of a category", () => {
    const item = (category: string, name: string, score: number | null) => ({ category, item: name, rule: "", score, evidence_chunk_ids: [] });
    const tree = treeOf([item("价格", "报价", 30), item("技术", "参数", 25), item("技术", "方案", 20), item("", "其他", null)]);
    expect(tree.map((row) => [row.name, row.points, row.children?.length ?? 0])).toEqual([["价格", 30, 1], ["技术", 45, 2], ["其他", null, 0]]);
  });
  it("hangs nodes below their parents, and what has lost its parent at the top", () => {
    const node = (id: string, parent_id: string | null) => ({ id, parent_id, title: id, level: 1 }) as OutlineNode;
    const tree = nest([node("a", null), node("b", "a"), node("c", "b"), node("d", "gone")]);
    expect(tree.map((row) => row.id)).toEqual(["a", "d"]);
    expect(tree[0]!.children![0]!.children![0]!.id).toBe("c");
  });
  it("lists each section once, with the page it begins on", () => {
    const segment = (section: string, page: number) => ({ section, page }) as Segment;
    expect(sectionsOf([segment("", 1), segment("第一章", 2), segment("第一章 › 一、总则", 3), segment("第一章 › 一、总则", 4)])).toEqual([
      { path: "第一章", depth: 0, title: "第一章", page: 2 }, { path: "第一章 › 一、总则", depth: 1, title: "一、总则", page: 3 },
    ]);
  });
});

it("jobs by hour have a place for every hour", () => {
  const { labels, series } = hourly([{ queue: "review", hour: "2026-11-27T05:00:00Z", finished: 2 }, { queue: "review", hour: "2026-11-27T04:00:00Z", finished: 1 }, { queue: "ingest", hour: "2026-11-25T04:00:00Z", finished: 9 }], Date.parse("2026-11-27T05:30:00Z"), 3);
  expect(labels).toHaveLength(3);
  expect([...series]).toEqual([["review", [0, 1, 2]]]);
});

describe("values in words", () => {
  it("keeps a document's moment as it stands", () => {
    expect(moment("2026-12-22T09:30", "zh-CN")).toBe("2026年12月22日 09:30");
    expect(moment("2026-12-22", "en")).toBe("December 22, 2026");
    expect(moment("另行通知", "zh-CN")).toBe("另行通知");
  });
  it("reads a deadline without a zone as China's", () => {
    expect(deadlineOf("2026-12-22T09:30")?.toISOString()).toBe("2026-12-22T01:30:00.000Z");
    expect(deadlineOf("2026-12-22")?.toISOString()).toBe("2026-12-22T15:59:00.000Z");
    expect(deadlineOf("另行通知")).toBeNull();
  });
  it("writes sums, sizes and spans of time", () => {
    expect(money(1860000, "CNY", "zh-CN")).toBe("¥1,860,000");
    expect(money(5, "no currency", "en")).toBe("5 no currency");
    expect([bytes(982), bytes(1536), bytes(335452)]).toEqual(["982 B", "1.5 KB", "328 KB"]);
    expect(duration("2026-11-27T00:00:00Z", "2026-11-27T00:01:05Z")).toBe("1 min 5 s");
  });
});

it("a copy is named after its file", () => {
  expect(annotatedName("投标文件.v2.PDF")).toBe("投标文件.v2.annotated.PDF");
});

it("refusals are said in the reader's language, with what only the server knows", () => {
  expect(refusal("bad_credentials", "the user name or the password is wrong", "zh-CN")).toBe("用户名或密码不正确");
  expect(refusal("file_too_large", "a.pdf has more than 200 MB", "zh-CN")).toBe("文件超过大小限制（a.pdf has more than 200 MB）");
  expect(refusal("file_too_large", "a.pdf has more than 200 MB", "en")).toBe("a.pdf has more than 200 MB");
  expect(refusal("a_new_code", "something new", "zh-CN")).toBe("something new");
});

describe("why work failed", () => {
  it.each(openapi.components.schemas.ErrorCode.enum)("%s has words in both languages", (code) => {
    const [chinese, english] = FAILURES[code as keyof typeof FAILURES];
    expect(chinese).toMatch(/\p{Script=Han}/u);
    expect(english).toMatch(/^[\x20-\x7e]+$/);
  });
  it("has no words for a code that is gone", () => expect(Object.keys(FAILURES).sort()).toEqual([...openapi.components.schemas.ErrorCode.enum].sort()));
  it("is said in the reader's language, with the server's words as detail", () => {
    const failed = { error: "a.pdf: it wants a password", error_code: "file_encrypted" };
    expect(failureWords(failed, "zh-CN")).toEqual({ summary: "文件已加密，请去除密码后重新上传", detail: "a.pdf: it wants a password" });
    expect(failureWords({ ...failed, error_code: "of_a_later_server" }, "zh-CN")).toEqual({ summary: "a.pdf: it wants a password", detail: "" });
    expect(failureWords({ error: null, error_code: null, message: "reading" }, "en")).toEqual({ summary: "reading", detail: "" });
  });
});

it("an event's data may stand on several lines, and a comment has none", () => {
  expect(dataOf('event: run\nid: 3\ndata: {"a":\ndata: 1}')).toBe('{"a":\n1}');
  expect(dataOf(": still here")).toBe("");
});

describe("what of a page belongs to a line", () => {
  const rect = (x0: number, y0: number, x1: number, y1: number) => ({ x0, y0, x1, y1 });
  it("is the whole page for a line alone", () => {
    expect(tilesOf([rect(0.1, 0.2, 0.5, 0.3)])).toEqual([rect(0, 0, 1, 1)]);
    expect(tilesOf([])).toEqual([]);
  });
  it("ends halfway to the lines above, below and beside", () => {
    const [title, left, right, last] = tilesOf([rect(0.25, 0, 0.75, 0.25), rect(0, 0.5, 0.25, 0.625), rect(0.5, 0.5, 1, 0.625), rect(0, 0.875, 0.5, 1)]);
    expect(title).toEqual(rect(0, 0, 1, 0.375));
    expect(left).toEqual(rect(0, 0.375, 0.375, 0.75));
    expect(right).toEqual(rect(0.375, 0.375, 1, 0.75));
    expect(last).toEqual(rect(0, 0.75, 1, 1));
  });
  it("holds its line also where lines overlap", () => {
    const lines = [rect(0, 0, 0.5, 0.5), rect(0.25, 0.375, 0.75, 0.75), rect(0.25, 0, 0.75, 0.5)];
    tilesOf(lines).forEach((tile, index) => {
      const line = lines[index]!;
      expect(tile.x0 <= line.x0 && tile.y0 <= line.y0 && tile.x1 >= line.x1 && tile.y1 >= line.y1).toBe(true);
    });
  });
});

describe("the lines of a paragraph", () => {
  const line = (x0: number, y0: number, x1: number, y1: number, joint: string) => ({ x0, y0, x1, y1, joint });
  const groups = (lines: Parameters<typeof paragraphsOf>[0]) => paragraphsOf(lines).map((paragraph) => paragraph.lines.map((one) => one.index));
  it("are those that typesetting broke, one below the other", () => {
    const lines = [line(0.25, 0.125, 0.75, 0.25, ""), line(0.125, 0.375, 0.75, 0.5, " "), line(0.125, 0.5, 0.5, 0.625, "\n"), line(0.125, 0.75, 0.5, 0.875, "\n")];
    const [first, second] = paragraphsOf(lines);
    expect(first!.lines).toEqual([{ index: 0, y0: 0.125, y1: 0.3125 }, { index: 1, y0: 0.3125, y1: 0.5 }, { index: 2, y0: 0.5, y1: 0.625 }]);
    expect(first!.area).toEqual({ x0: 0, y0: 0, x1: 1, y1: 0.6875 });
    expect(second!.lines).toEqual([{ index: 3, y0: 0.75, y1: 0.875 }]);
  });
  it("are not those of two cells, two columns, or two that stand beside each other", () => {
    expect(groups([line(0, 0, 0.25, 0.125, "\t"), line(0.5, 0.125, 0.75, 0.25, "\n")])).toEqual([[0], [1]]);
    expect(groups([line(0, 0.75, 0.25, 0.875, ""), line(0.5, 0, 0.75, 0.125, "\n")])).toEqual([[0], [1]]);
    expect(groups([line(0, 0, 0.25, 0.125, " "), line(0.5, 0.03125, 0.75, 0.15625, "\n")])).toEqual([[0], [1]]);
  });
  it("are told one by one where other words stand between them", () => {
    const around = [line(0, 0, 1, 0.125, ""), line(0, 0.5, 1, 0.625, "\n"), line(0.25, 0.25, 0.5, 0.375, "\n")];
    expect(groups(around)).toEqual([[0], [1], [2]]);
  });
});

describe("words on a page", () => {
  const line = (text: string, joint: string, y0: number, edges: number[] = []) => ({ text, joint, x0: 0, x1: 1, y0, y1: y0 + 0.125, edges });
  const lines = [line("递交投标", "", 0), line("文件 two", " ", 0.25), line("words", "\t", 0.5), line("招标", "\n", 0.75, [0.25, 0.5])];
  it("are found over the break of a line, with the part of each line", () => {
    expect(placesOf(lines, ["投标文件"])).toEqual([{ x0: 0.5, x1: 1, y0: 0, y1: 0.125 }, { x0: 0, x1: 2 / 6, y0: 0.25, y1: 0.375 }]);
    expect(placesOf(lines, ["TWO  words"]).map((place) => place.y0)).toEqual([0.25, 0.5]);
    expect(placesOf(lines, ["标"])).toEqual([{ x0: 0.75, x1: 1, y0: 0, y1: 0.125 }, { x0: 0.25, x1: 0.5, y0: 0.75, y1: 0.875 }]);
  });
  it("do not run from one cell into the next, nor into each other", () => {
    expect(placesOf(lines, ["words招标", "twowords", "", " "])).toEqual([]);
  });
});

describe("a quote", () => {
  const line = (text: string, y0: number, x0 = 0, x1 = 1) => ({ text, x0, x1, y0, y1: y0 + 0.0625, edges: [] });
  const lines = [line("投标截止时间", 0), line("最高限价：", 0.25, 0, 0.5), line("182万元", 0.25, 0.5, 1), line("投标截止时间 以 公告", 0.5), line("为准。", 0.75)];
  const segment = [{ x0: 0, y0: 0.25, x1: 1, y1: 0.8125 }];
  it("stands where its letters are in its own segment, whatever lies between them", () => {
    expect(quotePlaces(lines, segment, "投标截止时间")).toEqual([{ x0: 0, x1: 6 / 11, y0: 0.5, y1: 0.5625 }]);
    expect(quotePlaces(lines, segment, "最高限价：\n182 万元")).toEqual([line("", 0.25, 0, 0.5), line("", 0.25, 0.5, 1)].map(({ x0, x1, y0, y1 }) => ({ x0, x1, y0, y1 })));
    expect(quotePlaces(lines, segment, "公告为准").map((place) => place.y0)).toEqual([0.5, 0.75]);
  });
  it("that runs over pages is marked by its part on this one", () => {
    expect(quotePlaces(lines, segment, "时间以公告为准。以后不再更改").map((place) => place.y0)).toEqual([0.5, 0.75]);
    expect(quotePlaces(lines, segment, "设备采购项目的最高限价：182万元").map((place) => place.x0)).toEqual([0, 0.5]);
  });
  it("that is not there is marked nowhere", () => {
    expect(quotePlaces(lines, segment, "开标时间")).toEqual([]);
    expect(quotePlaces(lines, [], "最高限价")).toEqual([]);
  });
});

describe("the time left", () => {
  const now = Date.parse("2026-11-28T10:00:00Z");
  const left = (hours: number) => timeLeft(new Date(now + hours * 3_600_000), now);
  it("is told in whole days, and in hours for the last two of them", () => {
    expect(left(23 * 24 + 20)).toEqual({ word: "day", n: 23, tone: "" });
    expect(left(9 * 24 + 23)).toEqual({ word: "day", n: 9, tone: "risk" });
    expect(left(48)).toEqual({ word: "day", n: 2, tone: "fail" });
    expect(left(47.9)).toEqual({ word: "hour", n: 47, tone: "fail" });
  });
  it("is nothing once it has passed", () => expect([left(0), left(-100)]).toEqual([null, null]));
});

it("saves what belongs to a project under its name", () => {
  expect(exportName("智慧教室", "clarifications", "zh-CN")).toBe("智慧教室 - 澄清函.docx");
  expect(exportName("A/B: \u0007desks ", "xlsx", "en")).toBe("A B desks - matrix.xlsx");
  expect(exportName("", "ics", "en")).toBe("deadlines.ics");
  expect([...exportName("学".repeat(200), "json", "zh-CN")].length).toBeLessThan(100);
});

it("has a name for every job and queue of the server", () => {
  const source = readFileSync("../crates/app/src/jobs.rs", "utf8");
  const jobs = [...source.matchAll(/pub const [A-Z_]+: \(&str, &str\) = \("(\w+)", "([\w.]+)"\)/g)];
  expect(jobs.length).toBeGreaterThan(4);
  for (const [, queue, job] of jobs) expect([queue!, LABELS.queue[queue!]?.length, job!, LABELS.job[job!]?.length]).toEqual([queue, 2, job, 2]);
});

it("says of every failure what to do about it", () => {
  const silent = Object.entries(FAILURES).filter(([code, [chinese, english]]) => code !== "cancelled" && !(/请/.test(chinese) && /[,;] (or |and |have |look |retry |tell |try |save |split |take |upload |correct |mend |reload |an administrator )/.test(english)));
  expect(silent).toEqual([]);
});

it("marks what the server counts in bytes", () => {
  const told = (text: string, ...ranges: [number, number][]) => partsOf(text, ranges.map(([start, end]) => ({ start, end }))).map((part) => part.marked ? `[${part.text}]` : part.text).join("");
  expect(told("按价格参加评审", [12, 21], [3, 9])).toBe("按[价格]参[加评审]");
  expect(told("\u{20000}bid bond", [4, 7], [5, 9])).toBe("\u{20000}[bid] bond");
  expect(told("招标")).toBe("招标");
});

describe("places in files", () => {
  it("are named by their page, and by their words where it is the same", () => {
    const spans = [{ page: 3, quote: "投标保证金：人民币\n贰万元整，以转账形式提交" }, { page: 3, quote: "开标时间" }, { page: 4, quote: "其他" }];
    expect(spanNames(spans)).toEqual([{ page: 3, words: "投标保证金：人民币 贰万…" }, { page: 3, words: "开标时间" }, { page: 4, words: "" }]);
  });
  it("are told apart where their words begin alike", () => {
    const alike = "投标人应当在投标截止时间以前提交";
    const names = spanNames([{ page: 1, quote: `${alike}正本一份` }, { page: 1, quote: `${alike}副本四份` }]).map((one) => one.words);
    expect(names).toEqual(["…以前提交正本一份", "…以前提交副本四份"]);
    expect(spanNames([{ page: 1, quote: alike }, { page: 1, quote: alike }]).map((one) => one.words.slice(-3))).toEqual(["(1)", "(2)"]);
  });
});

describe("where the characters of a line stand", () => {
  // As wide as in a browser's font: Chinese characters whole, others half.
  const widthOf = (text: string) => [...text].reduce((all, letter) => all + (letter > "\u2e7f" ? 1 : 0.5), 0);
  /** Where each run ends, as a browser sets it. */
  const ends = (line: Parameters<typeof runsOf>[0]) => {
    const { size, runs } = runsOf(line, widthOf);
    let at = line.x0;
    return runs.map((run) => [run.text, Number((at += line.high * size * (widthOf(run.text) + run.spacing * [...run.text].length)).toFixed(4))]);
  };
  it("is where their edges are", () => {
    const edges = [0.2, 0.3, 0.4, 0.55, 0.65, 0.75];
    expect(ends({ text: "采购项 招标", x0: 0.1, x1: 0.75, edges, high: 0.1 })).toEqual([["采购项", 0.4], [" ", 0.55], ["招标", 0.75]]);
    expect(ends({ text: "26年a\u{20000}", x0: 0, x1: 0.3, edges: [0.04, 0.08, 0.18, 0.2, 0.3], high: 0.1 }).map(([, end]) => end)).toEqual([0.08, 0.18, 0.2, 0.3]);
  });
  it("is spread over the line where no edges are known", () => {
    expect(runsOf({ text: "投标", x0: 0, x1: 0.75, edges: [], high: 0.125 }, widthOf)).toEqual({ size: 1, runs: [{ text: "投标", spacing: 2 }] });
    expect(runsOf({ text: "投标", x0: 0, x1: 0.125, edges: [], high: 0.125 }, widthOf)).toEqual({ size: 0.5, runs: [{ text: "投标", spacing: 0 }] });
  });
});

it("risks and contradictions are told in the reader's language", () => {
  const zh = { title: "投标保证金：3万元", description: "金额：3万元", suggestion: "按规定缴纳" };
  const en = { title: "Bid bond: “3万元”", description: "“金额：3万元”", suggestion: "pay it in time" };
  const chinese = { id: "r", ...zh, in_chinese: null, in_english: en };
  expect(told(chinese, "zh-CN")).toEqual(chinese);
  expect(told(chinese, "en")).toEqual({ ...chinese, ...en });
  const english = { id: "r", ...en, in_chinese: zh, in_english: null };
  expect([told(english, "zh-CN").title, told(english, "en").title]).toEqual([zh.title, en.title]);
  expect(told({ id: "r", ...zh } as typeof chinese, "en").title, "a result of an earlier version").toBe(zh.title);
});

it("articles are cited as the language does", () => {
  const basis = [{ law: "招标投标法", article: "第十条", text: "公开", law_en: "Tendering and Bidding Law", article_en: "Article 10" }, { law: "某地办法", article: "第二条", text: "", law_en: "“某地办法”", article_en: "Article 2" }];
  expect(lawsOf(basis, "zh-CN")).toBe("《招标投标法》第十条「公开」；《某地办法》第二条「」");
  expect(lawsOf(basis, "en")).toBe("Tendering and Bidding Law (“招标投标法”), Article 10: “公开”; “某地办法”, Article 2");
  const collusion = finding({ requirement_text: "不得串通投标", requirement_text_en: "Bidders must not collude" });
  expect([demandOf(collusion, "zh-CN"), demandOf(collusion, "en"), demandOf(finding({ requirement_text: "限价" }), "en")]).toEqual(["不得串通投标", "Bidders must not collude", "限价"]);
});
