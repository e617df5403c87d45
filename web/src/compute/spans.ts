// How places in files are told apart where several are offered.

/** Characters of a quote that name a place. */
const WORDS_MAX = 12;

/**
 * The page of each place, with words of its quote where another one has the same page: as few as tell them apart and
 * are still readable, from where they begin to differ when they begin alike.
 */
export function spanNames(spans: readonly { page: number; quote: string }[]): { page: number; words: string }[] {
  return spans.map((span, index) => {
    const rivals = spans.filter((other, at) => at !== index && other.page === span.page);
    if (!rivals.length) return { page: span.page, words: "" };
    const quote = lettersOf(span.quote);
    const others = rivals.filter((rival) => rival.quote !== span.quote);
    const same = Math.max(0, ...others.map((rival) => shared(quote, lettersOf(rival.quote))));
    const from = same < WORDS_MAX ? 0 : Math.min(same, quote.length - 1) - SEEN_BEFORE;
    const words = quote.slice(from, from + WORDS_MAX).join("").trim();
    const cut = from + WORDS_MAX < quote.length ? "…" : "";
    // Places of the very same words have nothing but their order.
    const twins = rivals.filter((rival) => rival.quote === span.quote).length;
    const number = twins ? ` (${spans.slice(0, index + 1).filter((one) => one.page === span.page && one.quote === span.quote).length})` : "";
    return { page: span.page, words: `${from > 0 ? "…" : ""}${words}${cut}${number}` };
  });
}

/** Of what two quotes share, the last letters are shown so that the difference stands in its place. */
const SEEN_BEFORE = 4;

const lettersOf = (quote: string) => [...quote.replaceAll(/\s+/g, " ").trim()];

function shared(one: string[], other: string[]) {
  let count = 0;
  while (count < one.length && one[count] === other[count]) count += 1;
  return count;
}
