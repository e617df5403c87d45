// Texts in parts, by ranges that the server counts in bytes of UTF-8.

interface ByteRange { start: number; end: number }

/** The parts of a text in its order; those within a range are marked. */
export function partsOf(text: string, ranges: readonly ByteRange[]): { text: string; marked: boolean }[] {
  const bytes = new TextEncoder().encode(text);
  const part = (from: number, to: number) => new TextDecoder().decode(bytes.subarray(from, to));
  const parts = [];
  let at = 0;
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    if (range.start < at) continue;
    parts.push({ text: part(at, range.start), marked: false }, { text: part(range.start, range.end), marked: true });
    at = range.end;
  }
  return [...parts, { text: part(at, bytes.length), marked: false }].filter((one) => one.text);
}
