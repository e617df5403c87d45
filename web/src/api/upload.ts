// Files on their way to the server: one request each, with its progress, tried again when the connection is lost.
import { problem, headers, ApiError } from "./client";
import type { Asset, AssetKind } from "./types";

export interface Upload { file: File; kind: AssetKind; bidder: string }

const ATTEMPTS = 6;

/** Sends one file. The same bytes are the same file on the server, so that sending them twice does no harm. */
export async function send(project: string, upload: Upload, progress: (share: number) => void): Promise<Asset[]> {
  for (let attempt = 1; ; attempt++) {
    try { return await sendOnce(project, upload, progress); }
    catch (error) {
      const lost = error instanceof ApiError && (error.status === 0 || error.status === 503);
      if (!lost || attempt === ATTEMPTS) throw error;
      progress(0);
      await new Promise((done) => setTimeout(done, Math.min(1000 * 2 ** (attempt - 1), 15_000)));
    }
  }
}

function sendOnce(project: string, { file, kind, bidder }: Upload, progress: (share: number) => void): Promise<Asset[]> {
  const form = new FormData();
  form.append("kind", kind);
  if (kind === "bid") form.append("bidder_name", bidder.trim());
  form.append("files", file, file.name);
  // XMLHttpRequest alone tells how much has gone out.
  return new Promise((done, fail) => {
    const call = new XMLHttpRequest();
    call.open("POST", `/api/apps/tender/projects/${project}/assets/import`);
    for (const [name, value] of Object.entries(headers())) call.setRequestHeader(name, value);
    call.setRequestHeader("Prefer", "respond-async");
    call.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    call.onload = async () => {
      if (call.status < 300) return done(JSON.parse(call.responseText) as Asset[]);
      fail(await problem(new Response(call.responseText, { status: call.status, statusText: call.statusText })));
    };
    call.onerror = () => fail(new ApiError(0, "offline", ""));
    call.send(form);
  });
}

/** Every file of what was dropped, folders walked through, with its path. */
export async function dropped(items: DataTransferItemList): Promise<File[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return (await Promise.all(entries.map(walk))).flat();
}

async function walk(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) return [await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail))];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: File[] = [];
  // A reader answers a hundred entries at a time.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return files;
    for (const one of some) files.push(...await walk(one));
  }
}

/** The SHA-256 of a file in hexadecimal, where the page may compute it (only over HTTPS or on this machine). */
export async function digest(file: File): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null;
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
