// Starts the distribution's Chromium for a test, and ends with its error when something throws.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What was found to keep people out; told all at once at the end. */
const barriers = [];

/**
 * Runs `test` with a fresh page. Errors of the page itself fail it too, and so do requests that leave its origin and
 * breaches of its policy; answers that are refusals are expected only where `refusals` names their status.
 */
export async function inBrowser(test, { refusals = [], viewport = { width: 1360, height: 860 }, locale = "zh-CN" } = {}) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ARGUMENTS });
  try {
    // Axe is brought in from outside the page, which no policy of the page must stop.
    const context = await browser.newContext({ locale, viewport, acceptDownloads: true });
    const page = await context.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() !== "error") return;
      const status = /status of (\d+)/.exec(message.text())?.[1];
      if (!(status && refusals.includes(Number(status))) && !(refusals.includes(0) && message.text().includes("net::ERR_"))) errors.push(message.text());
    });
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (["blob:", "data:", "file:"].includes(url.protocol) || page.url() === "about:blank") return;
      if (url.origin !== new URL(page.url()).origin) errors.push("a request leaves the origin: " + url);
    });
    await test(page);
    errors.push(...barriers);
    if (errors.length) throw new Error(errors.join("\n"));
  } finally {
    await browser.close();
  }
}

export function expect(condition, message) {
  if (!condition) throw new Error("expected: " + message);
}

export async function signIn(page, base, password, username = "admin") {
  await page.goto(base + "/");
  await page.fill("input[name=username]", username);
  await page.fill("input[name=password]", password);
  await page.click("button[type=submit]");
  await page.waitForSelector("#logout");
}

/** Opens a page of the project that the sample was loaded into. */
export async function openProject(page) {
  await page.click("a.project");
  await page.waitForSelector(".bidder");
  return page.url().replace(/\/$/, "");
}

/** No breach of WCAG A and AA that axe calls serious or critical. */
export async function accessible(page, name) {
  // What fades in is judged once it is there.
  await page.waitForTimeout(400);
  // Evaluated by the driver, which the page's policy does not bind.
  await page.evaluate(AXE);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"] }));
  const serious = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
  const told = serious.map((one) => `${one.id}: ${one.help}\n` + one.nodes.slice(0, 4).map((node) => `    ${node.html.slice(0, 180)}\n      ${(node.failureSummary ?? "").replaceAll("\n", " ").slice(0, 260)}`).join("\n"));
  if (serious.length) barriers.push(`${name} keeps people out:\n${told.join("\n")}`);
}
