// A line that breaks in the middle of a file, twice, the second time with the page loaded anew: the file goes on where it
// stood. A proxy between page and server is the line, and counts what goes over it.
import { connect, createServer } from "node:net";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inBrowser, signIn } from "./browser.mjs";

const [base, password, tender] = process.argv.slice(2);
const MB = 1 << 20;
const SIZE = 24 * MB;

const open = new Set();
const line = { sent: 0, cutAt: Infinity, up: true, broke: () => {} };
const proxy = createServer((near) => {
  if (!line.up) return void near.destroy();
  const far = connect(Number(new URL(base).port), "127.0.0.1");
  for (const [from, to] of [[near, far], [far, near]]) {
    open.add(from);
    from.on("error", () => to.destroy()).on("close", () => { open.delete(from); to.destroy(); });
  }
  far.pipe(near);
  near.on("data", (bytes) => {
    line.sent += bytes.length;
    if (!far.write(bytes)) { near.pause(); far.once("drain", () => near.resume()); }
    if (line.sent < line.cutAt) return;
    Object.assign(line, { up: false, cutAt: Infinity });
    for (const one of open) one.destroy();
    line.broke();
  });
});
await new Promise((done) => proxy.listen(0, "127.0.0.1", done));
const over = `http://127.0.0.1:${proxy.address().port}`;
/** Lets the line break after so many more bytes. */
const breaks = (bytes) => new Promise((done) => Object.assign(line, { cutAt: line.sent + bytes, broke: done }));

const folder = mkdtempSync(join(tmpdir(), "bidlens-resume-"));
const file = join(folder, "招标文件.pdf");
const words = readFileSync(tender);
writeFileSync(file, Buffer.concat([words, Buffer.alloc(SIZE - words.length, "%")]));

try {
  await inBrowser(async (page) => {
    await signIn(page, over, password);
    await page.locator("button", { hasText: "新建项目" }).first().click();
    await page.fill("input[name=project]", "断线测试");
    await page.keyboard.press("Enter");
    await page.setInputFiles("#files", file);
    const before = line.sent;
    const first = breaks(10 * MB);
    await page.click("#upload");
    await first;
    const second = breaks(6 * MB);
    await page.waitForTimeout(300);
    line.up = true;
    await second;
    const files = page.url();
    await page.goto("about:blank");
    line.up = true;
    await page.goto(files);
    await page.setInputFiles("#files", file);
    await page.click("#upload");
    await page.waitForFunction(() => [...document.querySelectorAll(".panel tr")].some((row) => row.textContent.includes("招标文件.pdf") && row.textContent.includes("24")), null, { timeout: 60_000 });
    const sent = line.sent - before;
    expect(sent > SIZE, "the file went over the line");
    expect(sent < 1.4 * SIZE, `only what was lost is sent again, not ${sent} bytes`);
    expect(await page.evaluate(() => localStorage.getItem("bidlens.uploads")) === "{}", "nothing is kept of an upload that ended");
  }, { refusals: [0, 409] });
} finally {
  proxy.close();
  for (const one of open) one.destroy();
  rmSync(folder, { recursive: true });
}
