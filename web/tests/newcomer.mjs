// Signed in, why does the bid fail on price? Both quotes, in no more than four clicks.
import { expect, inBrowser, signIn } from "./browser.mjs";

const [base, password] = process.argv.slice(2);
const CLICKS_MAX = 4;

await inBrowser(async (page) => {
  await signIn(page, base, password);
  let clicks = 0;
  const click = async (what) => { clicks += 1; await what.click(); };
  await click(page.locator("a.project"));
  await click(page.locator(".bidder", { hasText: "云州博砚智能设备有限公司" }).locator("a.badge.fail"));
  const price = page.locator("article.finding.fail", { hasText: "超过最高限价" }).first();
  await price.locator(".quote", { hasText: "最高限价：182万元" }).first().waitFor();
  await price.locator(".quote", { hasText: "1,845,200.00" }).first().waitFor();
  await click(price.locator(".quote", { hasText: "最高限价：182万元" }).first());
  await page.waitForSelector(".source canvas[data-ready] + .box");
  await page.waitForSelector(".source mark >> text=1,845,200.00");
  expect(clicks <= CLICKS_MAX, `${clicks} clicks`);
});
