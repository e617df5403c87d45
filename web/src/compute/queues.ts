// What a list of jobs says of its queues.
import type { Job } from "../api/types";

export interface QueueRow { queue: string; waiting: number; running: number; failed: number; done: number; oldest: string | null }

export function queuesOf(jobs: Job[]): QueueRow[] {
  const queues = new Map<string, QueueRow>();
  for (const job of jobs) {
    const row = queues.get(job.queue) ?? { queue: job.queue, waiting: 0, running: 0, failed: 0, done: 0, oldest: null };
    queues.set(job.queue, row);
    if (job.status === "queued") { row.waiting += 1; if (!row.oldest || job.created_at < row.oldest) row.oldest = job.created_at; }
    else if (job.status === "running") row.running += 1;
    else if (job.status === "failed") row.failed += 1;
    else if (job.status === "succeeded") row.done += 1;
  }
  return [...queues.values()].sort((a, b) => a.queue.localeCompare(b.queue));
}

/** How many jobs ended in each of the last hours, by queue. */
export function hourly(jobs: Job[], now: number, hours = 24): { labels: string[]; series: Map<string, number[]> } {
  const first = Math.floor(now / 3_600_000) - hours + 1;
  const labels = Array.from({ length: hours }, (_, index) => `${String(new Date((first + index) * 3_600_000).getHours()).padStart(2, "0")}:00`);
  const series = new Map<string, number[]>();
  for (const job of jobs) {
    if (!job.finished_at) continue;
    const hour = Math.floor(Date.parse(job.finished_at) / 3_600_000) - first;
    if (hour < 0 || hour >= hours) continue;
    const counts = series.get(job.queue) ?? Array<number>(hours).fill(0);
    counts[hour]! += 1;
    series.set(job.queue, counts);
  }
  return { labels, series };
}
