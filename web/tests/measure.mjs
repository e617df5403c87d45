// How fast the workspace is, as numbers on standard output: the first load on a slow processor, from a click to the
// marked words, a matrix of a thousand requirements and ten bidders. Run by `cargo xtask bench workspace`.
import { inBrowser, openProject, signIn } from "./browser.mjs";

const [base, password] = process.argv.slice(2);
const THROTTLE = 4;
const TURNS = 5;
const ROWS = 1000;
const BIDDERS = 10;

const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Bytes as they came over the line, and when the page could be used. */
async function firstLoad() {
  const times = [];
  let bytes = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    await inBrowser(async (page) => {
      const line = await page.context().newCDPSession(page);
      await line.send("Network.enable");
      await line.send("Emulation.setCPUThrottlingRate", { rate: THROTTLE });
      let received = 0;
      line.on("Network.loadingFinished", (event) => { received += event.encodedDataLength; });
      const begun = Date.now();
      await page.goto(base + "/");
      await page.waitForSelector("input[name=password]");
      // Usable is when what is typed is there.
      await page.fill("input[name=username]", "admin");
      times.push(Date.now() - begun);
      bytes = received;
    });
  }
  return { ms: middle(times), bytes };
}

/** From the click on a quote until its page is drawn and its words are marked. */
async function evidence() {
  const cold = [];
  const warm = [];
  await inBrowser(async (page) => {
    await signIn(page, base, password);
    const project = await openProject(page);
    await page.goto(`${project}/risks`);
    await page.waitForSelector("article.finding .quote");
    const quotes = page.locator("article.finding .quote");
    const seen = new Set();
    const count = Math.min(await quotes.count(), 20);
    for (let at = 0; at < count; at++) {
      const quote = quotes.nth(at);
      const number = /第 (\d+) 页/.exec(await quote.locator("cite").textContent())?.[1];
      await quote.scrollIntoViewIfNeeded();
      // Measured inside the page, from the event itself.
      const took = await quote.evaluate((node) => new Promise((done) => {
        const begun = performance.now();
        const look = () => document.querySelector(".source canvas[data-ready] + .box") ? requestAnimationFrame(() => done(performance.now() - begun)) : requestAnimationFrame(look);
        node.click();
        look();
      }));
      (seen.has(number) ? warm : cold).push(took);
      seen.add(number);
      await page.keyboard.press("Escape");
      await page.waitForSelector(".source .panes", { state: "detached" });
    }
  });
  const worst = (values) => values.length ? Math.max(...values) : null;
  return { cold_ms: middle(cold), cold_max_ms: worst(cold), warm_ms: warm.length ? middle(warm) : null, warm_max_ms: worst(warm), opened: cold.length + warm.length };
}

/** A made-up review of the size people ask for, answered in place of the server's. */
async function matrix() {
  const verdicts = ["pass", "pass", "pass", "risk", "fail"];
  const requirements = Array.from({ length: ROWS }, (_, row) => ({ id: `r${row}`, text: `第${row + 1}条：设备应满足第${row + 1}项技术参数的要求，并提供相应的证明材料。`, type: "parameter", dimension: "技术审查", mark: row % 7 ? "" : "★", rigid: row % 7 === 0, evidence: [], evidence_chunk_ids: [], evidence_spans: [], edit: null }));
  const findings = requirements.flatMap((requirement, row) => Array.from({ length: BIDDERS }, (_, bidder) => ({ id: `f${row}-${bidder}`, version: "1", bidder_name: `第${bidder + 1}投标人有限公司`, source: "compare", dimension: requirement.dimension, requirement_id: requirement.id, requirement_text: requirement.text, response_text: "", result: verdicts[(row + bidder) % verdicts.length], remark: "响应与要求的比较", rigid: requirement.rigid, rule_id: "B010", reason_code: "met", state: "judged", legal_basis: [], tender_evidence_spans: [], bid_evidence_spans: [] })));
  let answer;
  await inBrowser(async (page) => {
    await page.route("**/projects/*/requirements", (route) => route.fulfill({ json: requirements }));
    await page.route("**/projects/*/review", (route) => route.fulfill({ json: findings }));
    await signIn(page, base, password);
    const project = await openProject(page);
    await page.locator("nav >> text=对照矩阵").hover();
    const painted = await page.evaluate(() => new Promise((done) => {
      const begun = performance.now();
      const look = () => document.querySelectorAll("button.cell").length > 20 ? requestAnimationFrame(() => done(performance.now() - begun)) : requestAnimationFrame(look);
      [...document.querySelectorAll("nav li")].find((item) => item.textContent === "对照矩阵").click();
      look();
    }));
    void project;
    const frames = await page.evaluate(() => new Promise((done) => {
      const body = document.querySelector(".ant-table-tbody-virtual-holder");
      const times = [];
      const begun = performance.now();
      let last = begun;
      const turn = (now) => {
        times.push(now - last);
        last = now;
        body.dispatchEvent(new WheelEvent("wheel", { deltaY: 120, bubbles: true, cancelable: true }));
        if (now - begun < 4000) requestAnimationFrame(turn);
        else done({ fps: 1000 * times.length / (now - begun), slowest: Math.max(...times.slice(2)), scrolled: document.querySelector(".ant-table-tbody-virtual-holder").scrollTop });
      };
      requestAnimationFrame(turn);
    }));
    answer = { first_paint_ms: painted, ...frames };
  });
  return answer;
}

process.stdout.write(JSON.stringify({ first_load: await firstLoad(), evidence: await evidence(), matrix: await matrix() }) + "\n");
