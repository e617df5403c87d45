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
  // A quote is one click from the page it stands on; a Word file has no page to draw, so its words are shown.
  const close = async () => {
    await page.click("dialog.source button.primary");
    await page.waitForSelector("dialog.source", { state: "detached" });
  };
  await page.locator("article.finding.fail blockquote", { hasText: "tender.pdf" }).first().click();
  await page.waitForSelector("dialog.source canvas");
  const boxes = await page.locator("dialog.source canvas").getAttribute("data-boxes");
  expect(Number(boxes) > 0, "the words are marked on the page, in " + boxes + " boxes");
  await close();
  await page.locator("article.finding.fail blockquote", { hasText: "bid_defective.docx" }).first().click();
  await page.waitForSelector("dialog.source mark");
  await close();
  // A person decides about a finding, and takes it back.
  const first = page.locator("article.finding.fail").first();
  await first.locator("input[type=text]").fill("已核对原件");
  await first.locator("button[type=submit]").click();
  await first.locator("text=已驳回").waitFor();
  await first.locator("role=button[name=撤销]").click();
  await first.locator("role=button[name=认可]").click();
  await first.locator("text=已认可").waitFor();
  await page.fill("input[type=search]", "投标有效期");
  await page.waitForFunction((n) => document.querySelectorAll("article.finding").length < n, failed);
  await page.click("role=tab[name=项目信息]");
  await page.waitForSelector("text=LLZC2026-G-0417");
  await page.click("role=tab[name=废标与其他风险]");
  await page.waitForSelector("article .badge.critical");
  await page.click("role=tab[name=要求台账]");
  await page.locator("role=button[name=剔除]").first().click();
  await page.waitForSelector("tr.dropped");
  await page.locator("tr.dropped >> role=button[name=撤销]").click();
  await page.waitForSelector("tr.dropped", { state: "detached" });
  await page.click("role=tab[name=矛盾与澄清]");
  await page.waitForSelector("text=下载澄清函");
  await page.click("#language");
  await page.waitForSelector("role=tab[name=Findings]");
  await page.click("#logout");
  await page.waitForSelector("input[name=password]");
});
