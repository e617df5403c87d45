// Starts the distribution's Chromium for a test, and ends with its error when something throws.
import { chromium } from "playwright-core";

const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Runs `test` with a fresh page; any error of the page itself fails it too. */
export async function inBrowser(test) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ARGUMENTS });
  try {
    const page = await browser.newPage({ locale: "zh-CN" });
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => { if (message.type() === "error" && !message.text().includes("401")) errors.push(message.text()); });
    await test(page);
    if (errors.length) throw new Error(errors.join("\n"));
  } finally {
    await browser.close();
  }
}

export function expect(condition, message) {
  if (!condition) throw new Error("expected: " + message);
}
