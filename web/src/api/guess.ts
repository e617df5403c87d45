// What a dropped file seems to be, before anybody has read it.
import type { AssetKind } from "./types";

const RULES = /\.(ya?ml)$/i;
const BID = /投标|响应|应答|bid|proposal|offer/i;
const TENDER = /招标|采购|磋商|谈判|询价|比选|竞价|补遗|澄清|答疑|tender|rfp|rfq|itb|addend/i;
const COMPANY = /[\p{Script=Han}（）()]{2,30}?(?:股份有限公司|有限责任公司|有限公司|集团|研究院|设计院|事务所|合作社)/u;

/** What a file seems to be, by its name and the folder it came from; people correct it. */
export function guess(path: string): { kind: AssetKind; bidder: string } {
  const name = path.split("/").pop() ?? path;
  const company = COMPANY.exec(name)?.[0] ?? COMPANY.exec(path)?.[0] ?? "";
  if (RULES.test(name)) return { kind: "custom_rule", bidder: "" };
  // A tender's name often holds 投标 too: "招标文件（含投标须知）".
  if (/招标文件|采购文件|磋商文件|谈判文件|询价通知书|tender/i.test(name)) return { kind: "tender", bidder: "" };
  if (company || BID.test(name)) return { kind: "bid", bidder: company };
  if (TENDER.test(name)) return { kind: "tender", bidder: "" };
  if (BID.test(path)) return { kind: "bid", bidder: "" };
  return { kind: "tender", bidder: "" };
}
