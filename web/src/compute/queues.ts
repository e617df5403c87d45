// Jobs by hour, as a chart takes them.

export interface Hour { queue: string; hour: string; finished: number }

const HOUR_MS = 3_600_000;

/** How many jobs ended in each of the last hours, by queue; hours without any are there too. */
export function hourly(counted: Hour[], now: number, hours = 24): { labels: string[]; series: Map<string, number[]> } {
  const first = Math.floor(now / HOUR_MS) - hours + 1;
  const labels = Array.from({ length: hours }, (_, index) => `${String(new Date((first + index) * HOUR_MS).getHours()).padStart(2, "0")}:00`);
  const series = new Map<string, number[]>();
  for (const { queue, hour, finished } of counted) {
    const at = Math.floor(Date.parse(hour) / HOUR_MS) - first;
    if (at < 0 || at >= hours) continue;
    const counts = series.get(queue) ?? Array<number>(hours).fill(0);
    counts[at]! += finished;
    series.set(queue, counts);
  }
  return { labels, series };
}
