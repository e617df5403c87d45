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

/** A line as it is laid in a paragraph: which one, and the top and bottom of what belongs to it there. */
export interface Laid { index: number; y0: number; y1: number }

/** Lines one below the other of which typesetting alone broke the text, and the space around them. */
export interface Paragraph { area: Rect; lines: Laid[] }

/**
 * The lines in paragraphs. A browser's search runs on from one line to the next only where both are lines of one block;
 * lines of other columns, cells and pages are not.
 */
export function paragraphsOf(lines: readonly (Rect & { joint: string })[]): Paragraph[] {
  const tiles = tilesOf(lines);
  const groups: number[][] = [];
  lines.forEach((line, index) => {
    const before = lines[index - 1];
    if (before && runsOn(before, line)) groups.at(-1)!.push(index);
    else groups.push([index]);
  });
  return groups.flatMap((group): Paragraph[] => {
    const own = new Set(group);
    const isFree = (area: Rect) => !lines.some((line, index) => !own.has(index) && meets(area, line));
    const whole = [around(group.map((index) => tiles[index]!)), around(group.map((index) => lines[index]!))].find(isFree);
    // Where words stand beside and between its lines, each is a paragraph.
    if (!whole) return group.map((index) => ({ area: tiles[index]!, lines: [laid(lines, [index], 0)] }));
    return [{ area: whole, lines: group.map((_, at) => laid(lines, group, at)) }];
  });
}

/** Whether the text of one line goes on in the next, which stands below it. */
function runsOn(line: Rect & { joint: string }, next: Rect) {
  return !/[\t\n]/.test(line.joint) && next.y0 > line.y0 && next.y1 > line.y1 && !isBeside(line, next);
}

function laid(lines: readonly Rect[], group: number[], at: number): Laid {
  const side = (n: number) => lines[group[n]!];
  const [above, line, below] = [side(at - 1), side(at)!, side(at + 1)];
  return { index: group[at]!, y0: above ? middle(above.y1, line.y0) : line.y0, y1: below ? middle(line.y1, below.y0) : line.y1 };
}

function around(rects: Rect[]): Rect {
  const sides = (of: (rect: Rect) => number) => rects.map(of);
  return { x0: Math.min(...sides((r) => r.x0)), y0: Math.min(...sides((r) => r.y0)), x1: Math.max(...sides((r) => r.x1)), y1: Math.max(...sides((r) => r.y1)) };
}

const meets = (a: Rect, b: Rect) => a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;

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

const HAN = /[\u2e80-\u9fff\uf900-\ufaff\u3000-\u303f]/;
/** Between what is no running text: cells and paragraphs. */
const BREAK = "\n";

interface Letter { letter: string; line: number; at: number }

/** Letters as they are compared: in one width and case, words with one space between them, Chinese without any. */
function folded(letters: Iterable<Letter>): Letter[] {
  const kept: Letter[] = [];
  let space: Letter | undefined;
  for (const one of letters) {
    for (const letter of one.letter === BREAK ? [BREAK] : one.letter.normalize("NFKC").toLowerCase()) {
      if (letter !== BREAK && !letter.trim()) { space = { ...one, letter: " " }; continue; }
      const before = kept.at(-1)?.letter;
      if (space && before && before !== BREAK && letter !== BREAK && !HAN.test(before) && !HAN.test(letter)) kept.push(space);
      space = undefined;
      kept.push({ ...one, letter });
    }
  }
  return kept;
}

/** Where words stand on a page, a rectangle for each line that they run over. */
export function placesOf(lines: readonly (Rect & { text: string; joint: string; edges: readonly number[] })[], words: readonly string[]): Rect[] {
  const text = folded(lines.flatMap(({ text, joint }, line) => {
    const letters = [...text].map((letter, at) => ({ letter, line, at }));
    return joint ? [...letters, { letter: /[\t\n]/.test(joint) ? BREAK : " ", line, at: letters.length - 1 }] : letters;
  }));
  const places: Rect[] = [];
  for (const word of words) {
    const wanted = folded([...word].map((letter) => ({ letter, line: 0, at: 0 }))).map((one) => one.letter);
    if (!wanted.length || wanted.includes(BREAK)) continue;
    for (let from = 0; from + wanted.length <= text.length; from++) {
      if (!wanted.every((letter, at) => text[from + at]!.letter === letter)) continue;
      places.push(...piecesOf(lines, text.slice(from, from + wanted.length)));
      from += wanted.length - 1;
    }
  }
  return places;
}

/** Letters of a quote that tell it, where a page has its beginning or its end alone. */
const PART_MIN = 6;

/**
 * Where a quote stands on a page, among the lines of the segment it is from: a rectangle for each line that it runs over.
 * Of a quote that runs over pages it is the part on this one. None where its letters are not there.
 */
export function quotePlaces(lines: readonly (Rect & { text: string; edges: readonly number[] })[], segment: readonly Rect[], quote: string): Rect[] {
  const own = lines.filter((line) => segment.some((box) => line.x0 < box.x1 && box.x0 < line.x1 && box.y0 < middle(line.y0, line.y1) && middle(line.y0, line.y1) < box.y1));
  // Cells and lines are joined in more ways than one; letters are the same in all of them.
  const text = inked(own.flatMap(({ text }, line) => [...text].map((letter, at) => ({ letter, line, at }))));
  const wanted = inked([...quote].map((letter) => ({ letter, line: 0, at: 0 })));
  const isAt = (from: number, part: Letter[]) => part.every((one, at) => text[from + at]?.letter === one.letter);
  if (!wanted.length) return [];
  for (let from = 0; from + wanted.length <= text.length; from++) {
    if (isAt(from, wanted)) return piecesOf(own, text.slice(from, from + wanted.length));
  }
  for (let count = Math.min(wanted.length - 1, text.length); count >= PART_MIN; count--) {
    if (isAt(text.length - count, wanted.slice(0, count))) return piecesOf(own, text.slice(-count));
    if (isAt(0, wanted.slice(-count))) return piecesOf(own, text.slice(0, count));
  }
  return [];
}

const inked = (letters: Letter[]) => folded(letters).filter((one) => one.letter.trim());

/** The parts of lines that hold these letters. */
function piecesOf(lines: readonly (Rect & { text: string; edges: readonly number[] })[], found: Letter[]): Rect[] {
  return [...new Set(found.map((one) => one.line))].flatMap((line) => {
    const ats = found.filter((one) => one.line === line && one.letter !== " ").map((one) => one.at);
    return ats.length ? [pieceOf(lines[line]!, Math.min(...ats), Math.max(...ats))] : [];
  });
}

/** The part of a line from one of its characters to another; without edges all characters share the line. */
function pieceOf({ text, edges, x0, x1, y0, y1 }: Rect & { text: string; edges: readonly number[] }, first: number, last: number): Rect {
  const letters = [...text].length;
  const edge = (at: number) => at < 0 ? x0 : edges[at] ?? x0 + (x1 - x0) * (at + 1) / letters;
  return { x0: edge(first - 1), x1: edge(last), y0, y1 };
}
