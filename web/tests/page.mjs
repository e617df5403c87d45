// A person logs in, opens a project, reads findings with their quotes, facts and risks, and changes the language.
import { expect, inBrowser } from "./browser.mjs";

const [base, password] = process.argv.slice(2);

await inBrowser(async (page) => {
  await page.goto(base + "/");
  await page.fill("input[name=username]", "admin");
  await page.fill("input[name=password]", "a wrong password");
  await page.click("button[type=submit]");
  await page.waitForSelector(".error:not(:empty)");
  await page.fill("input[name=password]", password);
  await page.click("button[type=submit]");
  await page.click("a.project");
  await page.waitForSelector("article.finding.fail blockquote");
  const failed = await page.locator("article.finding.fail").count();
  expect(failed >= 8, "the defective bid's failures are listed, not " + failed);
  const cite = await page.locator("article.finding.fail cite").first().textContent();
  expect(/第 \d+ 页/.test(cite), "a quote names its page: " + cite);
  await page.fill("input[type=search]", "投标有效期");
  await page.waitForFunction((n) => document.querySelectorAll("article.finding").length < n, failed);
  await page.click("role=tab[name=项目信息]");
  await page.waitForSelector("text=LLZC2026-G-0417");
  await page.click("role=tab[name=废标与其他风险]");
  await page.waitForSelector("article .badge.critical");
  await page.click("#language");
  await page.waitForSelector("role=tab[name=Findings]");
  await page.click("#logout");
  await page.waitForSelector("input[name=password]");
});
