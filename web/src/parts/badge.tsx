import type { LABELS } from "../words/labels";
import { useWords } from "../words";

/** A word of a closed list, coloured by what it means. */
export function Badge({ group, word, children }: { group: keyof typeof LABELS; word: string; children?: string | number }) {
  const { label } = useWords();
  return <span className={`badge ${word}`}>{label(group, word)}{children === undefined ? null : ` ${children}`}</span>;
}

/** How many findings of each result there are, as a bar. */
export function VerdictBar({ counts }: { counts: { pass: number; risk: number; fail: number } }) {
  const { label } = useWords();
  const total = Math.max(1, counts.pass + counts.risk + counts.fail);
  const parts = ["fail", "risk", "pass"] as const;
  return (
    <div className="bar" role="img" aria-label={parts.map((part) => `${label("verdict", part)} ${counts[part]}`).join(", ")}>
      {parts.map((part) => <i key={part} className={part} style={{ width: `${100 * counts[part] / total}%` }} />)}
    </div>
  );
}
