// Every page in both languages, light and dark, wide and narrow: nobody is kept out, and a picture of each is left.
import { mkdirSync } from "node:fs";
import { accessible, expect, inBrowser, openProject, signIn } from "./browser.mjs";

const [base, password, shots] = process.argv.slice(2);
const PAGES = ["files", "facts", "risks", "requirements", "scoring", "changes", "clarifications", "outline", "findings", "matrix", "compare", "clues", "documents", "runs"];
mkdirSync(shots, { recursive: true });

await inBrowser(async (page) => {
  await page.goto(base + "/");
  await page.waitForSelector("input[name=password]");
  await accessible(page, "sign in");
  await page.screenshot({ path: `${shots}/sign-in.zh.png` });
  await signIn(page, base, password);
  await page.waitForSelector("a.project");
  for (const language of ["zh", "en"]) {
    await page.goto(base + "/#/");
    await page.waitForSelector("a.project");
    await accessible(page, "projects");
    await page.screenshot({ path: `${shots}/projects.${language}.png` });
    const project = await openProject(page);
    await page.mouse.move(0, 0);
    await accessible(page, "overview");
    await page.screenshot({ path: `${shots}/overview.${language}.png` });
    for (const name of PAGES) {
      await page.goto(`${project}/${name}`);
      await page.waitForSelector("#main .panel, #main .ant-empty, #main .viewer");
      await page.waitForSelector("#main .ant-skeleton", { state: "detached" });
      if (name === "documents") await page.waitForSelector("canvas[data-ready]");
      await accessible(page, `${name} (${language})`);
      await page.screenshot({ path: `${shots}/${name}.${language}.png` });
    }
    await page.goto(`${project}/findings`);
    await page.locator("article.finding:has(.quote:has-text('.docx')) .quote", { hasText: "tender.pdf" }).first().click();
    await page.waitForSelector(".source canvas[data-ready] + .box");
    await accessible(page, `side by side (${language})`);
    await page.screenshot({ path: `${shots}/side-by-side.${language}.png` });
    await page.keyboard.press("Escape");
    await page.goto(base + "/#/operations");
    await page.waitForSelector("#main table");
    await accessible(page, `operations (${language})`);
    await page.screenshot({ path: `${shots}/operations.${language}.png` });
    if (language === "zh") await page.click("#language");
  }
  // What opens over a page.
  await page.locator("button[aria-label='Dark mode']").click();
  await page.goto(base + "/#/");
  const project = await openProject(page);
  await page.goto(`${project}/requirements`);
  await page.locator("button", { hasText: "Add a requirement" }).click();
  await page.waitForSelector(".ant-modal textarea");
  await accessible(page, "a requirement is added in the dark");
  await page.keyboard.press("Escape");
  await page.goto(`${project}/findings`);
  await page.locator("article.finding button[aria-expanded]").first().click();
  await accessible(page, "a finding is edited in the dark");
  // Dark, and no wider than a phone: what there is to read fits.
  for (const [width, kind] of [[1360, "dark"], [390, "phone"]]) {
    await page.setViewportSize({ width, height: width < 500 ? 800 : 860 });
    for (const name of ["", ...PAGES, "operations"]) {
      await page.goto(name === "operations" ? `${base}/#/operations` : `${project}/${name}`);
      await page.waitForSelector("#main .panel, #main .viewer");
      await page.waitForSelector("#main .ant-skeleton", { state: "detached" });
      if (name === "documents") await page.waitForSelector("canvas[data-ready]");
      await accessible(page, `${name || "overview"} (${kind})`);
      await page.screenshot({ path: `${shots}/${name || "overview"}.${kind}.png` });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide <= 1, `${name || "overview"} is ${wide} px wider than ${width}`);
    }
  }
  // By keyboard alone: the first Tab skips to the content, a quote opens with Enter and closes with Escape.
  await page.setViewportSize({ width: 1360, height: 860 });
  await page.goto(`${project}/findings`);
  await page.waitForSelector("article.finding .quote");
  await page.locator("article.finding .quote").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector(".source .panes");
  await page.keyboard.press("Escape");
  await page.waitForSelector(".source .panes", { state: "detached" });
}, { refusals: [409] });
