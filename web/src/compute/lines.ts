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

// Characters that are as wide as the font is large: letters always, marks unless they were moved together. Quotation
// marks and dashes differ from font to font.
const LETTERS = "\\u3005-\\u3007\\u3041-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff";
const MARKS = "\\u3000-\\u3003\\u3008-\\u3011\\u3014-\\u301f\\uff01-\\uff60";
const KINDS = [LETTERS + MARKS, LETTERS].map((full) => new RegExp(`(?<full>[${full}]+)|(?<space>[^\\S${full}]+)|(?<other>[^\\s${full}]+)`, "g"));
/** A space is no narrower, and other characters are so much narrower or wider than in the browser's font. */
const SPACE_MIN = 0.1;
const NARROWER = 0.5;
const WIDER = 1.6;

/**
 * A line as runs that fill it, with the size of their font; that, the `usual` size, and how `wide` the line is, in parts of
 * its height.
 *
 * Chinese characters are as wide as the font is large; spaces take what digits and letters leave, or all of those share
 * it. Where that cannot be, as the line's font is of another size, all characters share what is left.
 */
export function runsOf(text: string, wide: number, widthOf: (text: string) => number, usual = 1): { size: number; runs: Run[] } {
  for (const kinds of KINDS) {
    const runs = filling(text, wide / usual, widthOf, kinds);
    if (runs) return { size: usual, runs };
  }
  const natural = Math.max(0.1, widthOf(text));
  const size = Math.min(1, wide / natural);
  return { size, runs: [{ text, spacing: (wide / size - natural) / Math.max(1, [...text].length) }] };
}

function filling(text: string, wide: number, widthOf: (text: string) => number, kinds: RegExp): Run[] | undefined {
  const parts = [...text.matchAll(kinds)].map(({ 0: words, groups }) => ({ words, full: groups?.full !== undefined, space: groups?.space !== undefined, count: [...words].length, natural: widthOf(words) }));
  type Part = typeof parts[number];
  const sum = (some: Part[], what: "count" | "natural") => some.reduce((all, part) => all + part[what], 0);
  const full = sum(parts.filter((part) => part.full), "count");
  const spaces = parts.filter((part) => part.space);
  const others = parts.filter((part) => !part.full && !part.space);
  const each = (wide - full - sum(others, "natural")) / sum(spaces, "count");
  const scale = (wide - full) / (sum(others, "natural") + sum(spaces, "natural"));
  const placed = (width: (part: Part) => number) => parts.map((part) => ({ text: part.words, spacing: ((part.full ? part.count : width(part)) - part.natural) / part.count }));
  if (full > 0 && spaces.length > 0 && each >= SPACE_MIN) return placed((part) => part.space ? part.count * each : part.natural);
  if (full > 0 && scale >= NARROWER && scale <= WIDER) return placed((part) => part.natural * scale);
  return undefined;
}

const ONLY_LETTERS = new RegExp(`^[${LETTERS}]{2,}$`);
/** Set apart or pressed together further, characters tell nothing of their font. */
const SIZES = { min: 0.5, max: 1.2 };

/** How large the font of a page's lines is in parts of their height, told by those of Chinese characters alone; 1 where none are. */
export function usualSize(lines: readonly { text: string; wide: number }[]): number {
  const sizes = lines.filter(({ text }) => ONLY_LETTERS.test(text)).map(({ text, wide }) => wide / [...text].length);
  const likely = sizes.filter((size) => size >= SIZES.min && size <= SIZES.max).sort((a, b) => a - b);
  return likely[Math.floor(likely.length / 2)] ?? 1;
}
