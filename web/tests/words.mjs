// Words that are selected on the picture of a page against what another reader, poppler, finds at that place.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inBrowser, openProject, signIn } from "./browser.mjs";
import { bare, brokenSentence, linesOf, onScreen, search, select } from "./lines.mjs";

const [base, password, file] = process.argv.slice(2);
const PAGES = [1, 7, 8];
const LINES_EACH = 6;
/** Pages with words at one time: those in sight and beside it, and the one that was asked for. */
const DRAWN_MAX = 8;
const ZOOMS = 3;
/** A page of running text. */
const RUNNING = 12;
/** A page with a sentence that is broken at the end of a line. */
const BROKEN = 7;
const SCANNED = 8;

const sorted = (text) => [...text].sort().join("");
const long = (lines) => lines.filter((line) => line.text.length >= 8);

await inBrowser(async (page) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page, base, password);
  const project = await openProject(page);
  const assets = await asked(`/api/apps/tender/projects/${project.split("/").at(-1)}/assets`);
  const tender = assets.find((asset) => asset.filename === "tender.pdf");
  for (const number of PAGES) {
    await open(page, `${project}/documents?asset=${tender.id}&page=${number}`, number);
    await compare(page, number, linesOf(file, number));
  }

  // As large as can be, the same words are under the same places.
  const number = PAGES.at(-1);
  const [line] = long(linesOf(file, number));
  for (let step = 0; step < ZOOMS; step++) await page.locator(".viewer button[aria-label=放大]").click();
  await page.waitForFunction((n) => document.querySelector(`.leaf[data-page="${n}"]`).offsetWidth > 1.5 * document.querySelector(".sheet").clientWidth, number);
  const large = await select(page, number, line, line);
  expect(bare(large) === line.text, `“${large}” is selected for “${line.text}” on a large page`);

  // Copied are the words alone, without the look of the unseen layer.
  await page.keyboard.press("Control+c");
  const copied = await page.evaluate(async () => ({ types: (await navigator.clipboard.read()).flatMap((item) => item.types), words: await navigator.clipboard.readText() }));
  expect(copied.types.join() === "text/plain" && bare(copied.words) === line.text, `copied: ${JSON.stringify(copied)}`);

  // The browser's own search finds them.
  const found = await page.evaluate((words) => { getSelection().removeAllRanges(); return window.find(words) && getSelection().toString(); }, line.text.slice(0, 6));
  expect(found === line.text.slice(0, 6), `search finds “${found}”`);

  // Read out are the words and not the picture of them; far pages are not there.
  const leaf = page.locator(`.leaf[data-page="${number}"]`);
  expect(await leaf.getByRole("img").count() === 0 && await leaf.getByRole("group", { name: `第 ${number} 页` }).count() === 1, "the page is read by its words");
  const drawn = await page.locator(".lines").count();
  expect(drawn <= DRAWN_MAX && await page.locator(".leaf").count() > DRAWN_MAX, `${drawn} pages have words`);

  // From one margin to the other, over the space between the lines: every word between, each once.
  for (let step = 0; step < ZOOMS; step++) await page.locator(".viewer button[aria-label=缩小]").click();
  await open(page, `${project}/documents?asset=${tender.id}&page=${RUNNING}`, RUNNING);
  const lines = linesOf(file, RUNNING);
  const from = lines[0];
  const many = lines.filter((one) => one.y1 - from.y0 < 0.3);
  const words = bare(await select(page, RUNNING, { ...from, x0: 0.01 }, { ...many.at(-1), x1: 0.99 }));
  const seen = many.map((one) => one.text).join("");
  expect(many.length > 3 && sorted(words) === sorted(seen), `“${words}” is selected for “${seen}”`);

  // A sentence that is broken at the end of a line is found, and copied as one; paragraphs and cells stay apart.
  await open(page, `${project}/documents?asset=${tender.id}&page=${BROKEN}`, BROKEN);
  const broken = brokenSentence(linesOf(file, BROKEN));
  expect(broken, `page ${BROKEN} has a sentence that is broken`);
  const hit = await page.evaluate(search, [BROKEN, broken]);
  expect(hit.found === broken && hit.tops.length === 2, `“${broken}” is found as ${JSON.stringify(hit)}`);
  const parts = await page.evaluate((n) => [...document.querySelectorAll(`.leaf[data-page="${n}"] .paragraph`)].map((one) => one.textContent.trim()), BROKEN);
  await page.evaluate((n) => getSelection().selectAllChildren(document.querySelector(`.leaf[data-page="${n}"] .lines`)), BROKEN);
  await page.keyboard.press("Control+c");
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(parts.length > 3 && text.trim().split(/[\t\r\n]+/).map((one) => one.trim()).join("\n") === parts.join("\n"), `copied is ${JSON.stringify(text)} for ${JSON.stringify(parts)}`);

  // So does the search beside the page, which marks both lines.
  await page.goto(`${project}/documents?asset=${tender.id}&page=${BROKEN}&q=${encodeURIComponent(broken)}`);
  await page.waitForFunction((n) => document.querySelectorAll(`.leaf[data-page="${n}"] .found`).length >= 2, BROKEN);
  const marked = await page.evaluate((n) => [...document.querySelectorAll(`.leaf[data-page="${n}"] .found`)].slice(0, 2).map((one) => one.getBoundingClientRect()).map(({ top, left, width }) => ({ top, left, width })), BROKEN);
  expect(marked[0].top < marked[1].top && marked[0].left > marked[1].left && marked.every((one) => one.width > 20), `marked is ${JSON.stringify(marked)}`);

  // The words of a scan are those that recognition found.
  const folder = mkdtempSync(join(tmpdir(), "scan-"));
  try {
    const scan = join(folder, "scan");
    execFileSync("pdftoppm", ["-r", "150", "-f", String(SCANNED), "-l", String(SCANNED), "-png", "-singlefile", file, scan]);
    const form = new FormData();
    form.set("kind", "attachment");
    form.set("files", new Blob([readFileSync(`${scan}.png`)]), "scan.png");
    const [asset] = await asked(`/api/apps/tender/projects/${project.split("/").at(-1)}/assets/import?sync=1`, { method: "POST", body: form });
    await page.goto(`${project}/documents?asset=${asset.id}`);
    // The page does not know of a file that it has not sent.
    await page.reload();
    await page.waitForSelector(".pane[aria-label='scan.png'] .line");
  } finally {
    rmSync(folder, { recursive: true });
  }
  let alike = 0;
  const scanned = long(linesOf(file, SCANNED)).slice(0, LINES_EACH);
  for (const one of scanned) {
    const read = bare(await select(page, 1, one, one));
    if ([...one.text].filter((letter) => read.includes(letter)).length >= 0.8 * one.text.length && read.length <= 1.3 * one.text.length) alike += 1;
  }
  expect(alike >= 0.8 * scanned.length, `${alike} of ${scanned.length} lines of the scan are selected`);
});

async function asked(path, init = {}) {
  const login = await fetch(`${base}/api/auth/login`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ username: "admin", password }) });
  const { access_token } = await login.json();
  return (await fetch(base + path, { ...init, headers: { Authorization: `Bearer ${access_token}` } })).json();
}

async function open(page, address, number) {
  await page.goto(address);
  await page.waitForSelector(`.leaf[data-page="${number}"] .line`);
}


/** Each of some lines is selected with the mouse, and stands where poppler sees it. */
async function compare(page, number, lines) {
  const chosen = long(lines).slice(0, LINES_EACH);
  expect(chosen.length >= 2, `page ${number} has lines to select`);
  for (const line of chosen) {
    const words = await select(page, number, line, line);
    expect(bare(words) === line.text, `page ${number}: “${words}” is selected for “${line.text}”`);
    const place = await page.evaluate(onScreen, number);
    const own = await page.evaluate(() => { const { left, right, top, bottom } = getSelection().getRangeAt(0).getBoundingClientRect(); return { left, right, top, bottom }; });
    const there = { left: place.left + line.x0 * place.width, right: place.left + line.x1 * place.width, top: place.top + line.y0 * place.height, bottom: place.top + line.y1 * place.height };
    const shared = (Math.min(own.right, there.right) - Math.max(own.left, there.left)) * (Math.min(own.bottom, there.bottom) - Math.max(own.top, there.top));
    const both = (own.right - own.left) * (own.bottom - own.top) + (there.right - there.left) * (there.bottom - there.top) - shared;
    expect(shared / both > 0.6, `page ${number}: “${words}” stands at ${JSON.stringify(own)}, and its picture at ${JSON.stringify(there)}`);
  }
}
