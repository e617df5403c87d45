// From an empty list of projects to the exported report: files with roles guessed and corrected, work followed live,
// findings with both sides' words, decisions, the ledger, the letter of questions, another language.
import { readFileSync } from "node:fs";
import { expect, inBrowser } from "./browser.mjs";

const [base, password, samples] = process.argv.slice(2);

await inBrowser(async (page) => {
  await page.goto(base + "/");
  await page.fill("input[name=username]", "admin");
  await page.fill("input[name=password]", "a wrong password");
  await page.click("button[type=submit]");
  await page.waitForSelector(".error[role=alert], .error [role=alert], [role=alert].error");
  await page.fill("input[name=password]", password);
  await page.click("button[type=submit]");
  await page.waitForSelector("text=还没有项目");

  await page.locator("button", { hasText: "新建项目" }).first().click();
  await page.fill("input[name=project]", "临澜市第三实验学校");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#files", { state: "attached" });

  // A dozen files at once, one of which the server must refuse.
  const tender = readFileSync(samples + "/tender.pdf");
  const notes = Array.from({ length: 8 }, (_, n) => ({ name: `补充说明${n + 1}.txt`, mimeType: "text/plain", buffer: Buffer.from(`补充说明第${n + 1}号：原招标文件其他内容不变。`) }));
  await page.setInputFiles("#files", [
    { name: "招标文件.pdf", mimeType: "application/pdf", buffer: tender },
    { name: "云州博砚智能设备有限公司投标文件.docx", mimeType: "application/octet-stream", buffer: readFileSync(samples + "/bid_defective.docx") },
    { name: "broken.exe", mimeType: "application/octet-stream", buffer: Buffer.from("MZ\u0000\u0001") },
    { name: "rules.yaml", mimeType: "application/yaml", buffer: readFileSync(samples + "/rules.yaml") },
    ...notes,
  ]);
  await page.waitForFunction(() => document.querySelectorAll("tr[data-row-key]").length >= 12);
  const bidder = page.locator("input[role=combobox][aria-label=投标人]");
  expect((await bidder.inputValue()) === "云州博砚智能设备有限公司", "the bidder is read from the file's name");
  await page.click("#upload");
  await page.waitForSelector("tr:has-text('broken.exe') .badge.failed");
  await page.waitForFunction(() => [...document.querySelectorAll("tr")].filter((row) => row.textContent.includes("已读取")).length >= 11, null, { timeout: 60000 });

  // A bid sent as a tender says what it is, and becomes it with one click.
  await page.setInputFiles("#files", [{ name: "第三份.docx", mimeType: "application/octet-stream", buffer: readFileSync(samples + "/bid_conforming.docx") }]);
  await page.click("#upload");
  const third = page.locator("tr:has-text('第三份.docx')").last();
  await third.locator("text=看起来是投标文件").waitFor({ timeout: 60000 });
  await third.locator("button", { hasText: "改为投标文件" }).click();
  await third.locator("td", { hasText: "临澜启衡教育科技有限公司" }).first().waitFor();
  await third.locator("text=看起来是投标文件").waitFor({ state: "detached" });

  // What is here already is said before it is sent again.
  await page.setInputFiles("#files", [{ name: "再次.pdf", mimeType: "application/pdf", buffer: tender }]);
  await page.waitForSelector("tr:has-text('再次.pdf') >> text=已在项目中");

  await page.click("#extract");
  const notice = page.locator("[role=alert]", { hasText: "识别风险：完成" }).first();
  await notice.waitFor({ timeout: 60000 });
  expect((await notice.boundingBox()).y > 120, "what is told of a run lies over no button of the page's head");
  await page.click("nav >> text=项目信息");
  await page.waitForSelector("td >> text=LLZC2026-G-0417", { timeout: 60000 });
  await page.click("nav >> text=废标与风险");
  await page.waitForSelector("article .badge.mustReject", { timeout: 60000 });
  await page.click("#review");
  await page.click("nav >> text=审查结论");
  await page.waitForSelector("article.finding.fail .quote", { timeout: 60000 });

  // A quote is one click from the page it stands on; a Word file has no page to draw, so its words are shown.
  await page.locator("article.finding.fail .quote", { hasText: "招标文件.pdf" }).first().click();
  await page.waitForSelector(".source canvas[data-ready] + .box");
  await page.waitForSelector(".source mark");
  await page.keyboard.press("Escape");
  await page.waitForSelector(".source .panes", { state: "detached" });

  // A person decides about a finding, takes it back, and decides anew.
  const first = page.locator("article.finding.fail").first();
  await first.locator("input[aria-label='理由（必填）']").fill("已核对原件");
  await first.locator("button", { hasText: /驳\s?回/ }).click();
  await first.locator(".badge.rejected").waitFor();
  await first.locator("button", { hasText: /撤\s?销/ }).click();
  await first.locator("button", { hasText: /认\s?可/ }).click();
  await first.locator(".badge.accepted").waitFor();

  await page.click("nav >> text=要求台账");
  await page.locator("button", { hasText: /剔\s?除/ }).first().click();
  await page.waitForSelector("tr.dropped");
  await page.locator("tr.dropped button", { hasText: /撤\s?销/ }).click();
  await page.waitForSelector("tr.dropped", { state: "detached" });

  await page.click("nav >> text=对照矩阵");
  await page.locator("button.cell .badge.fail").first().click();
  await page.waitForSelector(".ant-drawer article.finding");
  await page.keyboard.press("Escape");

  await page.hover("#export");
  const saved = page.waitForEvent("download");
  await page.click("li >> text=可读报告 (DOCX)");
  const report = await (await saved).path();
  expect(readFileSync(report).subarray(0, 2).toString() === "PK", "the report is a Word file");

  await page.hover("#export");
  const annotated = page.waitForEvent("download");
  await page.locator(".ant-dropdown-menu-item-group-list li").first().click();
  const copy = await annotated;
  expect(/\.annotated\.(pdf|docx)$/.test(copy.suggestedFilename()), copy.suggestedFilename());
  expect(readFileSync(await copy.path()).length > 1000, "the bid comes back");

  await page.click("#language");
  await page.waitForSelector("nav >> text=Findings");
  await page.reload();
  await page.waitForSelector("nav >> text=Findings");
  await page.click("#logout");
  await page.waitForSelector("input[name=password]");
}, { refusals: [401, 415, 422] });
