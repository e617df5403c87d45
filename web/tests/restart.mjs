// The server is killed while it works, and started again: the page waits, and shows the run to its end.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, inBrowser, signIn } from "./browser.mjs";

const [program, address, data, password, tender] = process.argv.slice(2);
const base = "http://" + address;

async function start() {
  const server = spawn(program, ["serve", "--listen", address, "--data-dir", data], { env: { ...process.env, BIDLENS_ADMIN_PASSWORD: password, BIDLENS_LOG: "warn" }, stdio: "ignore" });
  for (let turn = 0; turn < 600; turn++) {
    if (await fetch(base + "/health/ready").then((answer) => answer.ok, () => false)) return server;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error("the server is not ready");
}

let server = await start();
try {
  await inBrowser(async (page) => {
    await signIn(page, base, password);
    await page.locator("button", { hasText: "新建项目" }).first().click();
    await page.fill("input[name=project]", "重启测试");
    await page.keyboard.press("Enter");
    await page.setInputFiles("#files", Array.from({ length: 6 }, (_, n) => ({ name: `招标文件${n}.pdf`, mimeType: "application/pdf", buffer: Buffer.concat([readFileSync(tender), Buffer.from(`\n% ${n}\n`)]) })));
    await page.click("#upload");
    await page.waitForSelector("[role=status] .ant-progress");
    server.kill("SIGKILL");
    await new Promise((done) => server.once("exit", done));
    await page.waitForTimeout(3000);
    server = await start();
    // Whatever had not arrived is sent again by the page, whatever had is read by the new process.
    await page.waitForFunction(() => [...document.querySelectorAll("tr")].filter((row) => row.textContent.includes("已读取")).length === 6, null, { timeout: 120_000 });
    await page.click("nav >> text=运行记录");
    await page.waitForFunction(() => document.querySelectorAll("tbody .badge.success").length === 6 && !document.querySelector("tbody .badge.running, tbody .badge.pending"), null, { timeout: 60_000 });
    expect((await page.locator("tbody .badge.failed").count()) === 0, "no run failed");
  }, { refusals: [0, 503] });
} finally {
  server.kill("SIGKILL");
}
