// How the lines of a page are laid over its picture: where their characters stand, and what of the page belongs to each.
export interface Rect { x0: number; y0: number; x1: number; y1: number }

/**
 * Each line with the space around it, halfway to its neighbours and on to the page's edges where it has none, so that a
 * selection that runs through margins and gaps stays in the line beside them.
 */
export function tilesOf(lines: readonly Rect[]): Rect[] {
  return lines.map((line) => {
    const tile = { x0: 0, y0: 0, x1: 1, y1: 1 };
    const others = lines.filter((other) => other !== line);
    for (const other of others.filter((one) => isBeside(line, one))) {
      if (middle(other.x0, other.x1) < middle(line.x0, line.x1)) tile.x0 = Math.max(tile.x0, middle(other.x1, line.x0));
      else tile.x1 = Math.min(tile.x1, middle(line.x1, other.x0));
    }
    tile.x0 = Math.min(tile.x0, line.x0);
    tile.x1 = Math.max(tile.x1, line.x1);
    for (const other of others.filter((one) => !isBeside(line, one) && one.x0 < tile.x1 && one.x1 > tile.x0)) {
      if (middle(other.y0, other.y1) < middle(line.y0, line.y1)) tile.y0 = Math.max(tile.y0, middle(other.y1, line.y0));
      else tile.y1 = Math.min(tile.y1, middle(line.y1, other.y0));
    }
    return { ...tile, y0: Math.min(tile.y0, line.y0), y1: Math.max(tile.y1, line.y1) };
  });
}

/** Whether two lines stand at one height. */
function isBeside(a: Rect, b: Rect) {
  const shared = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  return shared > Math.min(a.y1 - a.y0, b.y1 - b.y0) / 2;
}

const middle = (from: number, to: number) => (from + to) / 2;

/** Characters that stand together, with the space after each in parts of the font's size. */
export interface Run { text: string; spacing: number }

/** Chinese characters, white space and others, which fonts space in manners of their own. */
const KINDS = /[\u2e80-\uffef]+|[^\S\u3000]+|[^\s\u2e80-\uffef]+/g;

/**
 * The size of a line's font and its text in runs, spaced so that each is where it is seen: both in parts of `high`, the
 * line's height, which like the line's ends and the right edges of its characters is in parts of the page's width.
 *
 * Without edges all characters share the line.
 */
export function runsOf({ text, x0, x1, edges, high }: { text: string; x0: number; x1: number; edges: readonly number[]; high: number }, widthOf: (text: string) => number): { size: number; runs: Run[] } {
  const parts = edges.length ? text.match(KINDS) ?? [text] : [text];
  let from = x0;
  let count = 0;
  const placed = parts.map((part) => {
    const letters = [...part].length;
    count += letters;
    const to = edges[count - 1] ?? x1;
    const wide = (to - from) / high;
    from = to;
    return { text: part, letters, wide, natural: widthOf(part) };
  });
  // No larger than the line is high, and no letters pushed into each other by the font of the browser.
  const inked = placed.filter((part) => part.text.trim());
  const sum = (what: "wide" | "natural") => inked.reduce((all, part) => all + part[what], 0);
  const size = Math.min(1, Math.max(SIZE_MIN, sum("wide") / sum("natural")));
  return { size, runs: placed.map((part) => ({ text: part.text, spacing: (part.wide / size - part.natural) / part.letters })) };
}

const SIZE_MIN = 0.1;
