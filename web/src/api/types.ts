// What goes over the wire. Envelopes come from the generated description of the API; the domain's own objects, which
// the description leaves open, are written out here as far as the pages read them.
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Project = Schemas["ProjectWire"];
export type Run = Omit<Schemas["RunWire"], "status"> & { status: RunStatus };
export type RunStatus = "pending" | "running" | "success" | "failed" | "cancelled";
export type Job = Schemas["JobWire"];
export type User = Schemas["UserWire"];
export type PageLine = Schemas["PageLineWire"];
export type Segment = Omit<Schemas["ChunkWire"], "boxes"> & { boxes: Box[] };
export type SearchHit = Omit<Schemas["SearchHitWire"], "boxes"> & Segment;
export type OutlineNode = Schemas["DirectoryNodeWire"];
/** An upload that may go on after a broken connection. */
export type Upload = Omit<Schemas["UploadWire"], "assets"> & { assets?: Asset[] | null };
export type Asset = Omit<Schemas["AssetWire"], "issues" | "kind" | "seems"> & { kind: AssetKind; issues: Issue[]; seems: Seems | null };

/** What a file seems to be by what it says. */
export interface Seems { kind: AssetKind; addendum: boolean; bidder_name: string | null }
export type AssetKind = "tender" | "bid" | "attachment" | "custom_rule";

export interface Issue { code?: string; detail?: string; message?: string; page?: number | null }

/** Fractions of the page, from its upper left corner. */
export interface Box { page: number; x0: number; y0: number; x1: number; y1: number }

/** Verbatim words of a file, and where they stand. */
export interface Span { chunk_id: string; file: string; page: number; quote: string; boxes: Box[] }

export type Verdict = "pass" | "risk" | "fail";
export type DecisionKind = "accepted" | "edited" | "rejected";

export interface Decision {
  decision: DecisionKind;
  result?: Verdict | null;
  remark?: string | null;
  reason?: string | null;
  decided_by?: string;
  decided_at?: string;
  /** `earlier` when the finding has changed since. */
  state: "current" | "earlier";
}

export interface LegalBasis { law: string; article: string; text: string; law_en?: string; article_en?: string }

export interface Finding {
  id: string;
  version: string;
  bidder_name: string;
  source: string;
  dimension: string;
  requirement_id: string | null;
  requirement_text: string;
  /** The same in English where it is not the tender's own words. */
  requirement_text_en?: string;
  response_text: string;
  result: Verdict;
  remark: string;
  /** Absent in answers kept from before there was one. */
  remark_en?: string;
  rigid: boolean;
  rule_id: string;
  reason_code: string | null;
  state: string;
  legal_basis: LegalBasis[];
  tender_evidence_spans: Span[];
  bid_evidence_spans: Span[];
  decision?: Decision;
}

/** One bidder's words, and traits of its files, that show a clue. */
export type ClueSide = Omit<Schemas["ClueSideWire"], "evidence_spans"> & { evidence_spans: Span[] };
export type Clue = Omit<Schemas["ClueWire"], "sides" | "legal_basis"> & { sides: ClueSide[]; legal_basis: LegalBasis[] };

export interface Requirement {
  id: string;
  text: string;
  type: string;
  dimension: string;
  mark: string;
  rigid: boolean;
  evidence_spans: Span[];
  edit: { state: "confirmed" | "edited" | "dropped" | "added"; note?: string | null; edited_by?: string } | null;
}

export type Severity = "critical" | "high" | "medium" | "low";

export interface RiskWords { title: string; description: string; suggestion: string }

/** Its words are in the tender's language; `in_chinese` or `in_english` has them in the other one. */
export interface Risk extends RiskWords {
  id: string;
  risk_type: string;
  in_chinese?: RiskWords | null;
  in_english?: RiskWords | null;
  severity: Severity;
  certainty: string;
  tags: string[];
  rule_id: string;
  legal_basis: LegalBasis[];
  evidence_spans: Span[];
}

/** Evidence as it stands inside a field: the same as a span, under the domain's own name for the segment. */
export interface FieldEvidence { segment_id: string; file: string; page: number; quote: string; boxes: Box[] }

export interface Field { status: string; value: unknown; raw: string; confidence: number; source: string; evidence: FieldEvidence[] }

export interface ScoringItem { category: string; item: string; rule: string; score: number | null; evidence_chunk_ids: string[] }

export interface ProjectInfo {
  run_id: string;
  updated_at: string;
  data_json: { fields: Record<string, Field>; scoringCriteria?: { evaluationMethod?: string; items: ScoringItem[] } };
  evidence_spans: Span[];
}

export interface ContradictionWords { title: string; description: string }

/** Its words are in the tender's language, as with risks; the question stays in it. */
export interface Contradiction extends ContradictionWords {
  id: string;
  rule_id: string;
  subject: string;
  in_chinese?: ContradictionWords | null;
  in_english?: ContradictionWords | null;
  values: { value: string; evidence: FieldEvidence[] }[];
  prevailing: string | null;
  precedence: FieldEvidence[];
  question: string;
}

export type Change = Omit<Schemas["ChangeWire"], "evidence_spans"> & { evidence_spans: Span[] };

/** The last day on which the law lets a bidder question the tender, and whence it comes. */
export interface LastDay { at: string; reckoning: string; reckoning_en: string }

export interface Clarifications { ask_by: Field | null; ask_by_law: LastDay | null; items: Contradiction[] }

export interface Comparison {
  from: string;
  to: string;
  runs: { run_id: string; reviewed_at: string }[];
  bidders: { bidder_name: string; unchanged: number; new: Finding[]; gone: Finding[]; changed: { finding_id: string; before: Finding; after: Finding }[] }[];
  only_from: string[];
  only_to: string[];
}

/** A field's evidence as the viewer takes it. */
export function spans(evidence: FieldEvidence[] | undefined): Span[] {
  return (evidence ?? []).map(({ segment_id, ...rest }) => ({ chunk_id: segment_id, ...rest }));
}
