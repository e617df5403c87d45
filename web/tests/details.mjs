// What is said beside the findings: facts and deadlines that open their words, the time left, names of things and of
// what is saved, reasons that are asked for where they are missing.
import { expect, inBrowser, openProject, signIn } from "./browser.mjs";

const [base, password] = process.argv.slice(2);

/** Opens the words and closes them again; how many boxes mark them. */
async function opens(page, button) {
  await button.click();
  await page.waitForSelector(".source canvas[data-ready] + .box, .source mark");
  const marked = await page.locator(".source .box, .source mark").count();
  await page.keyboard.press("Escape");
  await page.waitForSelector(".source .panes", { state: "detached" });
  return marked;
}

const saved = async (page, press) => { const download = page.waitForEvent("download"); await press(); return (await download).suggestedFilename(); };

await inBrowser(async (page) => {
  await signIn(page, base, password);
  expect((await page.title()) === "项目 · Bidlens", await page.title());

  // While the review is on its way there is no next step, least of all the one that is done.
  await page.route("**/review", async (route) => { await new Promise((done) => setTimeout(done, 1500)); await route.continue(); });
  const days = /(\d+ [天小]\S*)/.exec(await page.locator("a.project .badge").first().textContent())[1];
  await page.click("a.project");
  await page.waitForSelector("dl.facts .sourced");
  expect((await page.locator("text=下一步").count()) === 0, "nothing is asked for that is not known to be missing");
  await page.waitForSelector(".bidder");
  await page.unroute("**/review");
  const project = page.url().replace(/\/$/, "");
  expect((await page.title()) === "概览 · 页面测试项目 · Bidlens", await page.title());

  // Each fact and each deadline opens the words that it was read from.
  const facts = page.locator("dl.facts .sourced");
  expect((await facts.count()) >= 8, `${await facts.count()} facts open their words`);
  expect((await opens(page, page.locator("dl.facts dd", { hasText: "LLZC2026-G-0417" }).locator("button"))) >= 1, "the number is marked");
  const deadline = page.locator(".timeline li", { hasText: "投标截止时间" });
  expect((await opens(page, deadline.locator("button"))) >= 1, "the deadline is marked");
  expect((await deadline.locator(".badge").textContent()) === days, `${await deadline.locator(".badge").textContent()} here, ${days} on the card`);
  expect((await page.locator(".timeline li", { hasText: "文件获取开始" }).locator(".badge.fail, .badge.risk").count()) === 0, "a beginning is no danger");
  expect((await page.locator(".timeline li.past", { hasText: "完成" }).count()) === 0, "what has passed is not said to be done");
  expect((await saved(page, () => page.click("#calendar"))) === "页面测试项目 - 截止时间.ics", "the calendar carries the project's name");
  await page.hover("#export");
  expect((await saved(page, () => page.click("li >> text=JSON"))) === "页面测试项目 - 报告.json", "the report carries the project's name");
  // The menu goes when the mouse does.
  await page.mouse.move(0, 0);
  await page.waitForSelector(".ant-dropdown", { state: "hidden" });

  await page.goto(`${project}/outline`);
  const marked = await opens(page, page.locator("#main tbody button", { hasText: "查看原文" }).first());
  expect(marked >= 1 && marked < 10, `${marked} boxes mark a part of the outline`);
  await page.goto(`${project}/scoring`);
  expect((await opens(page, page.locator("#main tbody button", { hasText: "查看原文" }).first())) < 12, "a rule of scoring is marked by its words");

  // A decision that needs a reason asks for it where it is to be given.
  await page.goto(`${project}/findings`);
  const open = await page.locator("article.finding:has(button[aria-expanded])").first().getAttribute("data-finding");
  const first = page.locator(`article[data-finding="${open}"]`).first();
  await first.locator("button[aria-expanded]").click();
  await first.locator("text=填写理由后才能保存").waitFor();
  await first.locator("input[aria-label='理由（必填）']").fill("看过原件");
  await first.locator("button.ant-btn-primary").click();
  await first.locator(".badge.edited").waitFor();

  await page.goto(`${project}/compare`);
  await page.waitForSelector("#main label >> text=较早的一次");
  await page.waitForSelector("#main label >> text=较早的一次");
  const runs = await page.locator("#main .ant-select").allInnerTexts();
  expect(new Set(runs.map((text) => text.trim())).size === 2, `two runs are told apart: ${runs.join(" | ")}`);

  await page.goto(`${project}/files`);
  await page.locator("button", { hasText: "删除项目" }).click();
  const plan = await page.locator(".ant-modal ul").innerText();
  expect(/招标文件：2/.test(plan) && /运行记录：\d/.test(plan) && !/[a-z]/.test(plan), plan);
  await page.keyboard.press("Escape");

  await page.goto(`${base}/#/operations`);
  await page.waitForSelector("#main tbody tr[data-row-key=ingest]");
  await page.waitForSelector("#main tbody td >> text=识别风险");
  const words = await page.locator("#main").innerText();
  for (const raw of ["async_", "ingest", "extract", "review"]) expect(!words.includes(raw), `“${raw}” is no word for readers`);
  expect(/数据库\s*正常/.test(words), "health is told in words");
  // Waiting for other work, as reviews do, is no failure.
  const failures = await page.locator("tr:has(td.ant-table-row-expand-icon-cell) td:nth-child(5)").allInnerTexts();
  expect(failures.length > 4 && failures.every((text) => text.trim() === "0"), `what went well has not failed: ${failures}`);
});
