// What goes wrong on ordinary days: a session that ends, somebody else's address, a slow network.
import { expect, inBrowser, openProject, signIn } from "./browser.mjs";

const [base, password] = process.argv.slice(2);

await inBrowser(async (page) => {
  await signIn(page, base, password);
  const project = await openProject(page);

  // The session ends in the middle of a sentence: the page stays, asks again, and the sentence is still there.
  await page.goto(`${project}/findings`);
  const first = page.locator("article.finding.fail").first();
  await first.locator("input[aria-label='理由（必填）']").fill("写到一半的理由");
  await page.evaluate(async () => { await fetch("/api/auth/logout", { method: "POST", headers: { Authorization: "Bearer " + sessionStorage.getItem("bidlens.token") } }); });
  await first.locator("button", { hasText: /驳\s?回/ }).click();
  await page.waitForSelector(".ant-modal >> text=登录已过期");
  await page.fill(".ant-modal input[name=username]", "admin");
  await page.fill(".ant-modal input[name=password]", password);
  await page.click(".ant-modal button[type=submit]");
  await page.waitForSelector(".ant-modal >> text=登录已过期", { state: "hidden" });
  expect((await first.locator("input[aria-label='理由（必填）']").inputValue()) === "写到一半的理由", "nothing typed is lost");
  await first.locator("button", { hasText: /驳\s?回/ }).click();
  await first.locator(".badge.rejected").waitFor();

  // An address that is nobody's, or somebody else's, says so and leads back.
  await page.goto(`${base}/#/projects/00000000-0000-7000-8000-000000000000`);
  await page.waitForSelector("#main [role=alert]");
  await page.goto(`${base}/#/no/such/page`);
  await page.waitForSelector("text=没有这个页面");
  await page.click("text=返回项目列表");
  await page.waitForSelector("a.project");

  // A slow line: something is shown while one waits, and then what was asked for.
  const line = await page.context().newCDPSession(page);
  await line.send("Network.emulateNetworkConditions", { offline: false, latency: 400, downloadThroughput: 60_000, uploadThroughput: 30_000 });
  await page.goto(`${project}/requirements`);
  await page.waitForSelector("#main .ant-skeleton, #main table");
  await page.waitForSelector("#main table .quote", { timeout: 60_000 });
  await line.send("Network.emulateNetworkConditions", { offline: true, latency: 0, downloadThroughput: 0, uploadThroughput: 0 });
  await page.locator("button", { hasText: /剔\s?除/ }).first().click();
  await page.waitForSelector("text=服务器没有应答", { timeout: 20_000 });
  await line.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await page.locator("button", { hasText: /剔\s?除/ }).first().click();
  await page.waitForSelector("tr.dropped");
}, { refusals: [0, 401, 404] });
