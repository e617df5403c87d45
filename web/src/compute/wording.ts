// What the program says of a bid, in the reader's language; results of earlier versions are in Chinese alone.
import type { Clue, Finding } from "../api/types";
import type { Language } from "../words";

export const remarkOf = (finding: Finding, language: Language) => (language === "en" && finding.remark_en) || finding.remark;
export const summaryOf = (clue: Clue, language: Language) => (language === "en" && clue.summary_en) || clue.summary;
export const reasonsOf = (clue: Clue, language: Language) => clue.innocent.map((reason, index) => (language === "en" && clue.innocent_en[index]) || reason);
