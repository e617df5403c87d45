// Findings by requirement and bidder.
import type { Finding, Requirement, Verdict } from "../api/types";
import type { Language } from "../words";
import { demandOf, remarkOf } from "./wording";

export interface Row { key: string; text: string; dimension: string; mark: string; rigid: boolean; cells: Map<string, Finding[]>; worst: Verdict }

const RANK: Record<Verdict, number> = { fail: 0, risk: 1, pass: 2 };
export const worst = (findings: Finding[]): Verdict => findings.reduce<Verdict>((so, finding) => RANK[finding.result] < RANK[so] ? finding.result : so, "pass");

/** A row for each requirement of the ledger, then one for each thing that was checked without being demanded. */
export function rowsOf(findings: Finding[], requirements: Requirement[], language: Language): Row[] {
  const rows = new Map<string, Row>();
  for (const requirement of requirements) {
    if (requirement.edit?.state !== "dropped") rows.set(requirement.id, { key: requirement.id, text: requirement.text, dimension: requirement.dimension, mark: requirement.mark, rigid: requirement.rigid, cells: new Map(), worst: "pass" });
  }
  for (const finding of findings) {
    const known = finding.requirement_id !== null && rows.has(finding.requirement_id);
    const key = known ? finding.requirement_id! : `${finding.rule_id}\n${finding.requirement_text}`;
    const row = rows.get(key) ?? { key, text: demandOf(finding, language) || remarkOf(finding, language), dimension: finding.dimension, mark: "", rigid: finding.rigid, cells: new Map(), worst: "pass" };
    rows.set(key, row);
    const cell = row.cells.get(finding.bidder_name) ?? [];
    cell.push(finding);
    row.cells.set(finding.bidder_name, cell);
    row.rigid ||= finding.rigid;
    if (RANK[finding.result] < RANK[row.worst]) row.worst = finding.result;
  }
  return [...rows.values()].filter((row) => row.cells.size > 0);
}
