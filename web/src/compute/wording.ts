// What the program says of bids and tenders, in the reader's language. Results of earlier versions speak of bids in
// Chinese alone, and of a tender in the tender's language.
import type { Clue, Finding, LegalBasis } from "../api/types";
import type { Language } from "../words";

export const remarkOf = (finding: Finding, language: Language) => (language === "en" && finding.remark_en) || finding.remark;
export const summaryOf = (clue: Clue, language: Language) => (language === "en" && clue.summary_en) || clue.summary;
export const reasonsOf = (clue: Clue, language: Language) => clue.innocent.map((reason, index) => (language === "en" && clue.innocent_en[index]) || reason);
/** What is demanded: the tender's words, but for what the law demands of all bids. */
export const demandOf = (finding: Finding, language: Language) => (language === "en" && finding.requirement_text_en) || finding.requirement_text;

interface Told<Words> { in_chinese?: Words | null; in_english?: Words | null }

/** A risk or a contradiction with its title and what else is said of it in the reader's language. */
export const told = <Words extends object, One extends Told<Words>>(one: One & Told<Words>, language: Language): One => ({ ...one, ...(language === "en" ? one.in_english : one.in_chinese) });

/** Articles as the language cites them; in English with the law's own name. */
export function lawsOf(basis: LegalBasis[], language: Language) {
  if (language !== "en") return basis.map((one) => `《${one.law}》${one.article}「${one.text}」`).join("；");
  const named = ({ law, law_en }: LegalBasis) => law_en && !law_en.includes(law) ? `${law_en} (“${law}”)` : law_en || `“${law}”`;
  return basis.map((one) => `${named(one)}, ${one.article_en || `“${one.article}”`}${one.text ? `: “${one.text}”` : ""}`).join("; ");
}

/** What stands between a name and what is said of it. */
export const colon = (language: Language) => language === "en" ? ": " : "：";
