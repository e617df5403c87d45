// The first start: sign in with the password that was told, look at the sample, change the password; then what an
// administrator does: a queue paused and resumed, a user added, a model tested.
import { expect, inBrowser, signIn } from "./browser.mjs";

const [base, password] = process.argv.slice(2);
const CHANGED = "a better password 7";

await inBrowser(async (page) => {
  await signIn(page, base, password);
  await page.click("#sample");
  // Its runs are followed to their end without a touch.
  await page.waitForSelector(".bidder >> nth=1", { timeout: 60_000 });
  await page.waitForSelector(".bidder:has-text('云州博砚智能设备有限公司') .badge.fail");
  expect((await page.locator(".bidder:has-text('临澜启衡教育科技有限公司') .badge.fail").textContent()) === "不符合 0", "the conforming bid fails nothing");

  await page.click("#account");
  await page.fill("input[name=current]", "not the password");
  await page.fill("input[name=next]", CHANGED);
  await page.locator(".ant-modal button", { hasText: /保\s?存/ }).click();
  await page.waitForSelector("text=当前密码不正确");
  await page.fill("input[name=current]", password);
  await page.locator(".ant-modal button", { hasText: /保\s?存/ }).click();
  await page.waitForSelector("text=密码已修改");
  await page.click("#logout");
  await signIn(page, base, CHANGED);

  await page.click("text=运维");
  const extract = page.locator("tr[data-row-key=extract]");
  await extract.locator("button").click();
  await extract.locator("text=已暂停").waitFor();
  await extract.locator("button").click();
  await extract.locator("text=已暂停").waitFor({ state: "detached" });
  await page.locator("button[aria-label^=测试]").first().click();
  await page.waitForSelector("text=code alone, nothing to ask");
  await page.locator("button", { hasText: "添加用户" }).click();
  await page.fill(".ant-modal input[autocomplete=off]", "bert");
  await page.fill(".ant-modal input[autocomplete=new-password]", "a long password");
  await page.locator(".ant-modal button", { hasText: /保\s?存/ }).last().click();
  await page.waitForSelector("td >> text=bert");
  await page.waitForSelector("canvas");
}, { refusals: [422] });
