// BullMQ with 50 jobs at once and otherwise its defaults. Enqueues and runs jobs that do nothing, and prints one
// JSON line per measurement.
//
// node bullmq_peer.js ENQUEUED WORKED, with NODE_PATH at the folder BullMQ is installed in
"use strict";

const { Queue, Worker } = require("bullmq");

const [enqueued, worked] = process.argv.slice(2).map(Number);
const url = new URL(process.env.REDIS_URL);
const connection = { host: url.hostname, port: Number(url.port), maxRetriesPerRequest: null };

async function measure(name, jobs, work) {
  const begin = performance.now();
  const beginCpu = process.cpuUsage();
  await work();
  const seconds = (performance.now() - begin) / 1000;
  const cpu = process.cpuUsage(beginCpu);
  console.log(JSON.stringify({ name, jobs, seconds, cpu_seconds: (cpu.user + cpu.system) / 1e6 }));
}

const hundred = Array.from({ length: 100 }, () => ({ name: "noop", data: { value: 1 } }));

async function addHundreds(queue, jobs) {
  for (let done = 0; done < jobs; done += 100) await queue.addBulk(hundred);
}

async function main() {
  const queue = new Queue("bench", { connection });
  await queue.waitUntilReady();
  await measure("enqueue_one", enqueued, async () => {
    for (let done = 0; done < enqueued; done += 1) await queue.add("noop", { value: 1 });
  });
  await queue.obliterate({ force: true });
  await measure("enqueue_hundreds", worked, () => addHundreds(queue, worked));
  let completed = 0;
  const worker = new Worker("bench", async () => null, { connection, concurrency: 50, autorun: false });
  await worker.waitUntilReady();
  await measure("work", worked, async () => {
    const done = new Promise((resolve) => {
      worker.on("completed", () => {
        completed += 1;
        if (completed === worked) resolve();
      });
    });
    worker.run();
    await done;
  });
  await worker.close();
  await queue.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
