// The marked box of a quote against where another reader, poppler, finds the same words on the page, beside the finding
// and in the whole document; and what a hit of the search marks.
import { execFileSync } from "node:child_process";
import { expect, inBrowser, openProject, signIn } from "./browser.mjs";

const [base, password, file] = process.argv.slice(2);
const COMPARED = 12;

/** The lines of a page as poppler sees them, as fractions of the page. */
function linesOf(page) {
  const layout = execFileSync("pdftotext", ["-bbox-layout", "-f", String(page), "-l", String(page), file, "-"], { encoding: "utf8" });
  const [, width, height] = /<page width="([\d.]+)" height="([\d.]+)"/.exec(layout);
  return [...layout.matchAll(/<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)/g)].map(([, x0, y0, x1, y1, text]) => ({ x0: x0 / width, x1: x1 / width, y0: y0 / height, y1: y1 / height, text: text.normalize("NFKC") }));
}

/** The marked boxes on a page, as fractions of it. */
const boxesIn = (page, where, number) => page.locator(`${where} .leaf[data-page="${number}"] .box`).evaluateAll((all) => all.map((box) => {
  const leaf = box.parentElement.getBoundingClientRect();
  const own = box.getBoundingClientRect();
  return { x0: (own.left - leaf.left) / leaf.width, x1: (own.right - leaf.left) / leaf.width, y0: (own.top - leaf.top) / leaf.height, y1: (own.bottom - leaf.top) / leaf.height };
}));

/** What poppler sees with its middle inside the boxes. */
function wordsIn(boxes, number) {
  const inside = linesOf(number).filter((word) => boxes.some((b) => (word.y0 + word.y1) / 2 > b.y0 && (word.y0 + word.y1) / 2 < b.y1 && word.x0 < b.x1 && word.x1 > b.x0));
  return bare(inside.map((word) => word.text).join(""));
}

/** The share of some letters that stand in a text. */
const share = (letters, text) => [...letters].filter((letter) => text.includes(letter)).length / [...letters].length;

function expectWords(boxes, number, words) {
  const seen = wordsIn(boxes, number);
  expect(share(words, seen) >= 0.9, `the box on page ${number} holds “${words}”, and poppler sees there “${seen}”`);
}

async function expectInSight(page, where, words) {
  const box = await page.locator(`${where} .box`).first().boundingBox();
  const sheet = await page.locator(`${where} .sheet`).first().boundingBox();
  expect(box.y >= sheet.y && box.y + box.height <= sheet.y + sheet.height, `“${words.slice(0, 20)}” is scrolled into sight`);
}

const bare = (text) => text.normalize("NFKC").replaceAll(/\s/g, "");
const area = (boxes) => boxes.reduce((sum, box) => sum + (box.x1 - box.x0) * (box.y1 - box.y0), 0);

await inBrowser(async (page) => {
  await signIn(page, base, password);
  const project = await openProject(page);
  await page.goto(`${project}/findings`);
  await page.waitForSelector("article.finding .quote");
  const quotes = page.locator("article.finding .quote", { hasText: "tender.pdf" });
  let compared = 0;
  for (let at = 0; at < await quotes.count() && compared < COMPARED; at++) {
    const quote = quotes.nth(at);
    const words = bare(await quote.evaluate((node) => node.firstChild.textContent));
    const number = Number(/第 (\d+) 页/.exec(await quote.locator("cite").textContent())[1]);
    await quote.click();
    await page.waitForSelector(".source canvas[data-ready] + .box");
    const pane = `.source .pane:has(.leaf[data-page="${number}"] .box)`;
    const boxes = await boxesIn(page, pane, number);
    await expectInSight(page, pane, words);
    expectWords(boxes, number, words);
    // The whole document marks the same words, and not the passage around them.
    await page.locator(`${pane} a[aria-label=在全文中打开]`).click();
    await page.waitForSelector(".viewer canvas[data-ready] + .box");
    const again = await boxesIn(page, ".viewer", number);
    await expectInSight(page, ".viewer", words);
    expectWords(again, number, words);
    expect(area(again) <= 1.25 * area(boxes), `the document marks “${words}” in ${again.length} boxes, the pane in ${boxes.length}`);
    compared += 1;
    await page.goBack();
    await page.waitForSelector("article.finding .quote");
  }
  expect(compared === COMPARED, `${compared} quotes were compared`);

  await page.goto(`${project}/documents`);
  await page.waitForSelector(".viewer aside input");
  await page.fill(".viewer aside input", "投标保证金");
  await page.keyboard.press("Enter");
  const hit = page.locator(".viewer .list .link", { hasText: "tender.pdf" }).first();
  const [text, number] = await hit.evaluate((node) => { const cite = node.querySelector(".soft").textContent; return [node.textContent.slice(0, -cite.length), Number(/(\d+)$/.exec(cite)[1])]; });
  await hit.click();
  await page.waitForSelector(".viewer canvas[data-ready] + .box");
  const seen = wordsIn(await boxesIn(page, ".viewer", number), number);
  expect(seen.length > 10 && seen.length <= 2 * bare(text).length && share(seen, bare(text)) >= 0.9, `the hit “${text}” is marked, and not “${seen}”`);
});
