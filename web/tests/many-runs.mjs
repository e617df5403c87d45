// A queue that stands still with eight files in it: the page still answers, and shows them to their end once it goes on.
import { expect, inBrowser, signIn } from "./browser.mjs";

const [base, password] = process.argv.slice(2);
const FILES = 8;
/** Of the six connections that a browser keeps to a server, those that may be held while nothing happens. */
const HELD_MAX = 2;

await inBrowser(async (page) => {
  await signIn(page, base, password);
  const queue = (what) => page.evaluate(async (what) => {
    const answer = await fetch(`/api/admin/queues/ingest/${what}`, { method: "POST", headers: { Authorization: "Bearer " + sessionStorage.getItem("bidlens.token") } });
    if (!answer.ok) throw new Error(`${what}: ${answer.status}`);
  }, what);
  await queue("pause");
  const streams = new Set();
  page.on("request", (request) => { if (request.url().endsWith("/events")) streams.add(request); });
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => streams.delete(request));

  await page.locator("button", { hasText: "新建项目" }).first().click();
  await page.fill("input[name=project]", "排队的文件");
  await page.keyboard.press("Enter");
  await page.setInputFiles("#files", Array.from({ length: FILES }, (_, n) => ({ name: `招标文件${n}.txt`, mimeType: "text/plain", buffer: Buffer.from(`招标文件第${n}号\n项目名称：排队${n}`) })));
  await page.click("#upload");
  await page.waitForFunction((files) => document.querySelectorAll("[role=status] .ant-progress").length === files, FILES, { timeout: 60_000 });
  expect(streams.size > 0 && streams.size <= HELD_MAX, `${streams.size} runs are followed`);

  // Pages that were not open before are asked for and answered.
  for (const [name, seen] of [["运行记录", "#main tbody .badge.pending"], ["废标与风险", "#main .ant-empty"], ["文件", "#main .drop"]]) {
    await page.locator("nav li", { hasText: new RegExp(`^${name}$`) }).click();
    await page.waitForSelector(seen, { timeout: 10_000 });
  }
  await queue("resume");
  await page.waitForFunction((files) => [...document.querySelectorAll("#main tr")].filter((row) => row.textContent.includes("已读取")).length === files, FILES, { timeout: 60_000 });
  await page.waitForSelector("[role=status] .ant-progress", { state: "detached" });
});
