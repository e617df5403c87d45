// What goes wrong on ordinary days: a session that ends, somebody else's address, a slow network.
import { expect, inBrowser, openProject, signIn } from "./browser.mjs";

const [base, password] = process.argv.slice(2);
const SECOND = { username: "bert", password: "a long password" };

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

  // An address that is nobody's, or somebody else's, says so and leads back; so does what is for administrators.
  await page.goto(`${base}/#/projects/00000000-0000-7000-8000-000000000000`);
  await page.waitForSelector("#main [role=alert]");
  await page.evaluate(async (user) => {
    const answer = await fetch("/api/admin/users", { method: "POST", headers: { "Content-Type": "application/json", Authorization: "Bearer " + sessionStorage.getItem("bidlens.token") }, body: JSON.stringify({ ...user, is_admin: false }) });
    if (!answer.ok) throw new Error(`a second user: ${answer.status}`);
  }, SECOND);
  await page.click("#logout");
  await signIn(page, base, SECOND.password, SECOND.username);
  await page.goto(project);
  await page.locator("#main [role=alert]", { hasText: "可能已被删除，或者不属于您" }).first().waitFor();
  expect(!(await page.locator("body").innerText()).includes("页面测试项目"), "not even its name is told");
  await page.goto(`${base}/#/operations`);
  await page.waitForSelector("#main >> text=仅管理员可以使用运维页面");
  expect((await page.locator("#main button, #main input, #main table").count()) === 0, "there is nothing to press that would be refused");
  await page.click("#logout");
  await signIn(page, base, password);
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
