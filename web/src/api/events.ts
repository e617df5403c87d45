// Server-sent events, taken apart by hand: browsers' own reader of them cannot carry a token.

/** The data of one event of a stream; empty for a comment, which only keeps the connection open. */
export function dataOf(event: string): string {
  return event.split(/\r?\n/).filter((line) => line.startsWith("data:")).map((line) => line.slice(5).replace(/^ /, "")).join("\n");
}
