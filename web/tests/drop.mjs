// Files dropped anywhere: no page is left for them, and in a project they come to the list of uploads. Files that are
// here already, or twice in one drop, are said to be.
import { expect, inBrowser, openProject, signIn } from "./browser.mjs";

const [base, password] = process.argv.slice(2);

/** Drops files as a hand does; whether the page kept the browser from opening them. */
const drop = (page, names) => page.evaluate((names) => {
  const data = new DataTransfer();
  for (const name of names) data.items.add(new File(["项目名称：拖放测试"], name, { type: "text/plain" }));
  const sent = (type) => !document.querySelector("#main, .login").dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data }));
  return ["dragenter", "dragover", "drop"].map(sent);
}, names);

const isKept = ([, over, dropped]) => over && dropped;

await inBrowser(async (page) => {
  await page.goto(base + "/");
  await page.waitForSelector("input[name=password]");
  expect(isKept(await drop(page, ["a.txt"])), "the sign-in stays");
  await signIn(page, base, password);
  await page.goto(`${base}/#/operations`);
  await page.waitForSelector("#main table");
  expect(isKept(await drop(page, ["a.txt"])), "a page that takes no files stays");
  await page.goto(`${base}/#/`);
  const project = await openProject(page);

  for (const from of ["", "/risks", "/files"]) {
    await page.goto(project + from);
    await page.waitForSelector("#main .panel");
    expect(isKept(await drop(page, [`补遗${from.length}.txt`])), `${from || "the overview"} stays`);
    await page.waitForSelector(`.ant-table-row:has-text('补遗${from.length}.txt')`);
    expect(page.url().endsWith("/files"), "the list of uploads is shown");
    expect((await page.locator(".veil").count()) === 0, "nothing lies over the page");
    await page.locator("button", { hasText: /^清\s?空$/ }).click();
  }

  // Twice in one drop, then once more after it was sent.
  await drop(page, ["补遗一.txt", "补遗一的副本.txt"]);
  await page.waitForSelector("tr:has-text('补遗一的副本.txt') >> text=与列表中另一份相同");
  expect((await page.locator("#upload").textContent()).includes("1 个"), "it is sent once");
  await page.click("#upload");
  await page.waitForSelector("tr:has-text('补遗一.txt') >> text=已读取");
  await page.locator("button", { hasText: /^清\s?空$/ }).click();

  // Over plain HTTP on an address of the network browsers reckon no digests: the answer tells.
  await page.evaluate(() => Object.defineProperty(crypto, "subtle", { value: undefined }));
  await drop(page, ["另一个名字.txt"]);
  await page.locator("tr", { hasText: "另一个名字.txt" }).locator("text=待上传").waitFor();
  await page.click("#upload");
  await page.locator("tr", { hasText: "另一个名字.txt" }).locator("text=已在项目中").waitFor();
});
