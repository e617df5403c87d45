// The marked box of a quote against where another reader, poppler, finds the same words on the page.
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

await inBrowser(async (page) => {
  await signIn(page, base, password);
  const project = await openProject(page);
  await page.goto(`${project}/findings`);
  await page.waitForSelector("article.finding .quote");
  const quotes = page.locator("article.finding .quote", { hasText: "tender.pdf" });
  let compared = 0;
  for (let at = 0; at < await quotes.count() && compared < COMPARED; at++) {
    const quote = quotes.nth(at);
    const words = (await quote.evaluate((node) => node.firstChild.textContent)).normalize("NFKC").replaceAll(/\s/g, "");
    const number = Number(/第 (\d+) 页/.exec(await quote.locator("cite").textContent())[1]);
    await quote.click();
    await page.waitForSelector(".source canvas[data-ready] + .box");
    const boxes = await page.locator(`.source .leaf[data-page="${number}"] .box`).evaluateAll((all) => all.map((box) => {
      const leaf = box.parentElement.getBoundingClientRect();
      const own = box.getBoundingClientRect();
      return { x0: (own.left - leaf.left) / leaf.width, x1: (own.right - leaf.left) / leaf.width, y0: (own.top - leaf.top) / leaf.height, y1: (own.bottom - leaf.top) / leaf.height };
    }));
    const box = await page.locator(`.source .leaf[data-page="${number}"] .box`).first().boundingBox();
    const sheet = await page.locator(".source .sheet").first().boundingBox();
    expect(box.y >= sheet.y && box.y + box.height <= sheet.y + sheet.height, `“${words.slice(0, 20)}” is scrolled into sight`);
    // The words that poppler sees with their middle inside the marked boxes are those of the quote.
    const inside = linesOf(number).filter((word) => boxes.some((b) => (word.y0 + word.y1) / 2 > b.y0 && (word.y0 + word.y1) / 2 < b.y1 && word.x0 < b.x1 && word.x1 > b.x0));
    const seen = inside.map((word) => word.text).join("").replaceAll(/\s/g, "");
    const found = [...words].filter((letter) => seen.includes(letter)).length;
    expect(found >= 0.9 * [...words].length, `the box on page ${number} holds “${words}”, and poppler sees there “${seen}”`);
    compared += 1;
    await page.keyboard.press("Escape");
    await page.waitForSelector(".source .panes", { state: "detached" });
  }
  expect(compared === COMPARED, `${compared} quotes were compared`);
});
