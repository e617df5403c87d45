// Which of the open runs a page follows by events.
import type { Run } from "../api/types";

/** A browser keeps six connections to one server for all its tabs, and each run that is followed holds one of them. */
const FOLLOWED_MAX = 2;

export const isOpen = (run: { status: string }) => run.status === "pending" || run.status === "running";

/** The open runs to follow: those that work, then those that are next; the others are asked for from time to time. */
export function followed(runs: readonly Run[]): string[] {
  const working = (run: Run) => Number(run.status === "running");
  return runs.filter(isOpen).sort((a, b) => working(b) - working(a) || Date.parse(a.created_at) - Date.parse(b.created_at)).slice(0, FOLLOWED_MAX).map((run) => run.id);
}
