// The report from disk: nothing is fetched, failures are shown first, the filter works.
import { expect, inBrowser } from "./browser.mjs";

const [file] = process.argv.slice(2);

await inBrowser(async (page) => {
  const requests = [];
  page.on("request", (request) => { if (!request.url().startsWith("file:") && !request.url().startsWith("data:")) requests.push(request.url()); });
  await page.goto("file://" + file);
  expect(requests.length === 0, "no request leaves: " + requests.join(", "));
  const shown = () => page.locator(".finding:visible").count();
  const before = await shown();
  expect(before > 5, "findings are shown");
  expect((await page.locator(".finding.pass:visible").count()) === 0, "what passed is folded away at first");
  await page.check("input[name=result][value=pass]");
  expect((await shown()) > before, "the filter shows what passed");
  await page.fill("input[name=words]", "质保");
  const few = await shown();
  expect(few > 0 && few < before, "the search narrows the list");
  await page.selectOption("select[name=bidder]", "0");
});
