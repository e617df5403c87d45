// On a phone: nothing that can be read or pressed lies beyond the edge, verdicts are reached with a finger, a document
// begins with its page, and what the header has no room for is in its menu.
import { expect, inBrowser, openProject, signIn } from "./browser.mjs";

const [base, password] = process.argv.slice(2);
const PHONE = { width: 390, height: 800 };
const PAGES = ["", "files", "facts", "risks", "requirements", "scoring", "changes", "clarifications", "outline", "findings", "compare", "clues", "runs"];

/** What lies beyond the right edge of the screen, or is broken into a column of single letters. */
const lost = () => [...document.querySelectorAll("#main button, #main a, #main td, #main h2, #main h3, #main cite, #main .badge")].flatMap((node) => {
  const box = node.getBoundingClientRect();
  const letters = node.textContent.trim().length;
  return box.width && (box.right > innerWidth + 1 || box.left < -1 || (letters > 6 && box.width < 40)) ? [`${node.tagName} ${node.textContent.trim().slice(0, 30)} (${Math.round(box.left)}–${Math.round(box.right)})`] : [];
});

await inBrowser(async (page) => {
  await signIn(page, base, password);
  const project = await openProject(page);
  await page.setViewportSize(PHONE);
  for (const name of PAGES) {
    await page.goto(`${project}/${name}`);
    await page.waitForSelector("#main .panel");
    await page.waitForSelector("#main .ant-skeleton", { state: "detached" });
    const beyond = await page.evaluate(lost);
    expect(beyond.length === 0, `${name || "overview"} shows all of: ${beyond.slice(0, 5).join("; ")}`);
  }

  // The column that stays leaves room for a verdict, and a finger brings the others.
  await page.goto(`${project}/matrix`);
  const last = page.locator(".ant-table-row").first().locator("button.cell").last();
  await last.waitFor({ state: "attached" });
  const first = await page.locator("button.cell").first().boundingBox();
  expect(first.x > 150 && first.x + first.width <= PHONE.width, `the first verdict is in sight, at ${first.x}`);
  const line = await page.context().newCDPSession(page);
  await line.send("Emulation.setTouchEmulationEnabled", { enabled: true });
  const [from, to, y] = [340, 120, first.y + 10];
  await line.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x: from, y }] });
  for (let x = from; x >= to; x -= 20) await line.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [{ x, y }] });
  await line.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await page.waitForFunction((width) => { const cells = document.querySelector(".ant-table-row").querySelectorAll("button.cell"); return cells[cells.length - 1].getBoundingClientRect().right <= width; }, PHONE.width, { timeout: 5_000 });

  // Of a document, the page comes first; what leads to its places is one press away, and gone after it led there.
  await page.goto(`${project}/documents?page=7`);
  await page.waitForSelector(".viewer canvas[data-ready]");
  const sheet = await page.locator(".viewer .sheet").boundingBox();
  expect(sheet.y < PHONE.height / 2, `the page begins at ${sheet.y}`);
  await page.locator("button", { hasText: "章节、页面与查找" }).click();
  await page.locator(".viewer aside .link").nth(3).click();
  await page.waitForSelector(".viewer aside", { state: "detached" });

  await page.click("#more");
  await page.locator(".ant-dropdown li", { hasText: "修改密码" }).click();
  await page.waitForSelector("input[name=current]");
  await page.locator(".ant-modal button", { hasText: /^取\s?消$/ }).click();
  await page.waitForSelector("input[name=current]", { state: "hidden" });
  await page.click("#more");
  await page.locator(".ant-dropdown li", { hasText: "运维" }).click();
  await page.waitForSelector("h1 >> text=运维");
  await page.waitForSelector("#main .cards");
  const beyond = await page.evaluate(lost);
  expect(beyond.length === 0, `operations show all of: ${beyond.slice(0, 5).join("; ")}`);
});
