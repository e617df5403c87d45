// The main path in the distribution's Firefox: facts, a finding, from its quote to the marked words, their selection,
// another language.
import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { expect } from "./browser.mjs";
import { bare, brokenSentence, linesOf, search, select } from "./lines.mjs";

const [base, password, file] = process.argv.slice(2);
const PROGRAMS = [process.env.FIREFOX, "/usr/bin/firefox-esr"];
const PREFERENCES = {
  "intl.accept_languages": "zh-CN",
  // Nothing but the page is to ask for anything.
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
};

const browser = await puppeteer.launch({ browser: "firefox", executablePath: PROGRAMS.find((program) => program && existsSync(program)), extraPrefsFirefox: PREFERENCES, defaultViewport: { width: 1360, height: 860 } });
try {
  const errors = [];
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error") errors.push(message.text()); });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["blob:", "data:"].includes(url.protocol) && url.origin !== base) errors.push("a request leaves the origin: " + url);
  });
  page.on("response", (response) => { if (response.status() >= 400) errors.push(`${response.status()} ${response.url()}`); });
  // Firefox tells of breaches on a console that no driver reads.
  await page.evaluateOnNewDocument(() => {
    window.breaches = [];
    document.addEventListener("securitypolicyviolation", (event) => window.breaches.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
  });
  await main(page);
  errors.push(...await page.evaluate(() => window.breaches));
  if (errors.length) throw new Error(errors.join("\n"));
} finally {
  await browser.close();
}

async function main(page) {
  await page.goto(base + "/");
  await page.waitForSelector("input[name=username]");
  await page.type("input[name=username]", "admin");
  await page.type("input[name=password]", password);
  await page.click("button[type=submit]");
  await click(page, "a.project");
  await page.waitForSelector(".bidder");
  const project = await page.evaluate(() => location.href.replace(/\/$/, ""));

  await page.goto(`${project}/facts`);
  await said(page, "td", "LLZC2026-G-0417");

  await page.goto(`${project}/findings`);
  const price = await said(page, "article.finding.fail", "超过最高限价");
  const quote = await said(page, "article.finding.fail .quote", "最高限价：182万元");
  expect(await price.evaluate((node, inside) => node.contains(inside), quote), "the finding about the price has the tender's words");
  await quote.evaluate((node) => node.scrollIntoView({ block: "center" }));
  await quote.click();
  await page.waitForSelector(".source canvas[data-ready] + .box");
  await said(page, ".source mark", "1,845,200.00");
  await said(page, ".source .leaf:has(.box) .line", "182万元");
  const marked = await page.evaluate(() => {
    const box = document.querySelector(".source .box").getBoundingClientRect();
    const sheet = document.querySelector(".source .sheet").getBoundingClientRect();
    const words = [...document.querySelectorAll(".source .leaf:has(.box) .line")].find((line) => line.textContent.includes("182万元"));
    const range = document.createRange();
    range.selectNodeContents(words);
    const line = range.getBoundingClientRect();
    return { inSight: box.top >= sheet.top && box.bottom <= sheet.bottom, meets: line.left < box.right && line.right > box.left && line.top < box.bottom && line.bottom > box.top };
  });
  expect(marked.inSight && marked.meets, `the words are marked in sight: ${JSON.stringify(marked)}`);
  await page.keyboard.press("Escape");
  await page.waitForSelector(".source .panes", { hidden: true });

  await page.goto(`${project}/documents?page=7`);
  await page.waitForSelector(".leaf[data-page='7'] .line");
  for (const line of linesOf(file, 7).filter((one) => one.text.length >= 8).slice(0, 4)) {
    const words = await select(page, 7, line, line);
    expect(bare(words) === line.text, `“${words}” is selected for “${line.text}”`);
  }

  const broken = brokenSentence(linesOf(file, 7));
  const hit = await page.evaluate(search, [7, broken]);
  expect(broken && hit.found === broken && hit.tops.length === 2, `“${broken}” is found as ${JSON.stringify(hit)}`);

  await click(page, "#language");
  await said(page, "nav li", "Findings");
  await click(page, "#language");
  await said(page, "nav li", "审查结论");
}

async function click(page, selector) {
  await (await page.waitForSelector(selector, { visible: true })).click();
}

/** The first element of those that a selector names which says some words, once it is there. */
async function said(page, selector, words) {
  const found = await page.waitForFunction((where, what) => [...document.querySelectorAll(where)].find((node) => node.textContent.includes(what)), {}, selector, words);
  return found.asElement();
}
