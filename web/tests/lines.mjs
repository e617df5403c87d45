// Lines of a page as another reader, poppler, sees them, and their selection with the mouse in any browser.
import { execFileSync } from "node:child_process";

/** Words as they are compared: without white space, in one width. */
export const bare = (text) => text.normalize("NFKC").replaceAll(/\s/g, "");

/** The lines of a page, as fractions of it; words far apart in a line are lines of their own. */
export function linesOf(file, page) {
  const layout = execFileSync("pdftotext", ["-bbox-layout", "-f", String(page), "-l", String(page), file, "-"], { encoding: "utf8" });
  const [, width, height] = /<page width="([\d.]+)" height="([\d.]+)"/.exec(layout);
  return layout.split("<line ").slice(1).flatMap((part) => {
    const lines = [];
    for (const [, x0, y0, x1, y1, text] of part.matchAll(/<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)/g)) {
      const word = { x0: x0 / width, x1: x1 / width, y0: y0 / height, y1: y1 / height, text: bare(unescaped(text)) };
      const before = lines.at(-1);
      if (before && word.x0 - before.x1 < 0.02) Object.assign(before, { x1: word.x1, y0: Math.min(before.y0, word.y0), y1: Math.max(before.y1, word.y1), text: before.text + word.text });
      else lines.push(word);
    }
    return lines;
  });
}

const unescaped = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", "\"").replaceAll("&amp;", "&");

/** Where a page is drawn; runs in the browser. */
export function onScreen(number) {
  const { left, top, width, height } = document.querySelector(`.leaf[data-page="${number}"]`).getBoundingClientRect();
  return { left, top, width, height };
}

/** Drags from the beginning of one line to the end of another, and answers what is selected. */
export async function select(page, number, from, to) {
  // The middle of what is dragged over comes to the middle of what is seen.
  await page.evaluate(([n, x, y]) => {
    const sheet = document.querySelector(".sheet");
    const leaf = document.querySelector(`.leaf[data-page="${n}"]`);
    sheet.scrollTop = leaf.offsetTop + y * leaf.offsetHeight - sheet.clientHeight / 2;
    sheet.scrollLeft = leaf.offsetLeft + x * leaf.offsetWidth - sheet.clientWidth / 2;
    getSelection().removeAllRanges();
  }, [number, (from.x0 + to.x1) / 2, (from.y0 + to.y1) / 2]);
  const place = await page.evaluate(onScreen, number);
  const at = (x, y) => [place.left + x * place.width, place.top + y * place.height];
  await page.mouse.move(...at(from.x0 + 0.001, (from.y0 + from.y1) / 2));
  await page.mouse.down();
  await page.mouse.move(...at(to.x1 - 0.001, (to.y0 + to.y1) / 2), { steps: 4 });
  await page.mouse.up();
  return page.evaluate(() => getSelection().toString());
}

/** Words of a page that typesetting broke, as another reader sees them: the end of a full line, and what begins the next. */
export function brokenSentence(lines) {
  const right = Math.max(...lines.map((line) => line.x1));
  const text = lines.map((line) => line.text).join("");
  const isFull = (line) => line.x1 > right - 0.01;
  const pairs = lines.slice(1).map((next, index) => [lines[index], next]).filter(([line]) => isFull(line));
  const broken = pairs.map(([line, next]) => line.text.slice(-4) + next.text.slice(0, 4));
  // Words that stand nowhere else on the page.
  return broken.find((words) => /^[\u4e00-\u9fff]{8}$/.test(words) && text.indexOf(words) === text.lastIndexOf(words));
}

/** What the browser's own search finds from the top of a page on, and the tops of what is marked; runs in the browser. */
export function search([number, words]) {
  getSelection().collapse(document.querySelector(`.leaf[data-page="${number}"] .lines`), 0);
  if (!window.find(words)) return { found: "", tops: [] };
  const selection = getSelection();
  const tops = [...selection.getRangeAt(0).getClientRects()].filter((rect) => rect.width > 0).map((rect) => Math.round(rect.top));
  return { found: selection.toString(), tops: [...new Set(tops)] };
}
