// Flat lists of the API as the trees that people read.
import type { OutlineNode, ScoringItem, Segment } from "../api/types";

export interface ScoreRow { key: string; name: string; points: number | null; rule: string; chunks: string[]; children?: ScoreRow[] }

/** Items below their categories, with the categories' sums. */
export function treeOf(items: ScoringItem[]): ScoreRow[] {
  const groups = new Map<string, ScoreRow>();
  items.forEach((item, index) => {
    const group = groups.get(item.category) ?? { key: `c${groups.size}`, name: item.category, points: 0, rule: "", chunks: [], children: [] };
    groups.set(item.category, group);
    group.points = (group.points ?? 0) + (item.score ?? 0);
    group.children!.push({ key: `i${index}`, name: item.item, points: item.score, rule: item.rule, chunks: item.evidence_chunk_ids });
  });
  return [...groups.values()].flatMap((group) => group.name ? [group] : group.children!);
}

/** Nodes below their parents. */
export interface OutlineRow extends OutlineNode { children?: OutlineRow[] }

export function nest(nodes: OutlineNode[]): OutlineRow[] {
  const rows = new Map(nodes.map((node): [string, OutlineRow] => [node.id, { ...node }]));
  const top: OutlineRow[] = [];
  for (const row of rows.values()) {
    const parent = row.parent_id ? rows.get(row.parent_id) : undefined;
    if (parent) (parent.children ??= []).push(row);
    else top.push(row);
  }
  return top;
}

/** Sections with the page each begins on, in the order of the document. */
export function sectionsOf(segments: Segment[]): { path: string; depth: number; title: string; page: number }[] {
  const seen = new Set<string>();
  return segments.flatMap((segment) => {
    if (!segment.section || seen.has(segment.section)) return [];
    seen.add(segment.section);
    const parts = segment.section.split(" › ");
    return [{ path: segment.section, depth: parts.length - 1, title: parts.at(-1) ?? segment.section, page: segment.page }];
  });
}
