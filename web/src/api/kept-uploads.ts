// Uploads that are under way, by what the browser knows of their files: the same file given again goes on where it stood.
import type { Upload } from "./upload";

const KEY = "bidlens.uploads";
/** The server forgets an upload a day after its last byte. */
const LIFETIME_MS = 86_400_000;

type Kept = Record<string, { id: string; at: number }>;

const fingerprint = (project: string, { file, kind, bidder }: Upload) => JSON.stringify([project, kind, kind === "bid" ? bidder.trim() : "", file.webkitRelativePath || file.name, file.size, file.lastModified]);

/** What is kept and not forgotten by the server; a note that cannot be read is none. */
export function fresh(text: string | null, now: number): Kept {
  try { return Object.fromEntries(Object.entries(JSON.parse(text ?? "{}") as Kept).filter(([, one]) => now - one.at < LIFETIME_MS)); }
  catch { return {}; }
}

const read = () => fresh(localStorage.getItem(KEY), Date.now());

function write(kept: Kept) {
  // A browser that keeps nothing sends from the beginning, and no more is lost.
  try { localStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* full, or not allowed */ }
}

export const keptUpload = (project: string, upload: Upload): string | undefined => read()[fingerprint(project, upload)]?.id;
export const keepUpload = (project: string, upload: Upload, id: string) => write({ ...read(), [fingerprint(project, upload)]: { id, at: Date.now() } });

export function forgetUpload(project: string, upload: Upload) {
  const kept = read();
  delete kept[fingerprint(project, upload)];
  write(kept);
}
