// Files on their way to the server, in pieces: when the connection is lost, a file goes on where it stood, also after the
// page was loaded anew and the same file is given again.
import { ApiError, headers, problem, request } from "./client";
import type { Asset, AssetKind, Upload as Standing } from "./types";
import { keptUpload, keepUpload, forgetUpload } from "./kept-uploads";

export interface Upload { file: File; kind: AssetKind; bidder: string }

const PIECE_BYTES = 8 << 20;
/** Failures in a row without a byte more. */
const ATTEMPTS = 6;

const later = (attempt: number) => new Promise((done) => setTimeout(done, Math.min(1000 * 2 ** (attempt - 1), 15_000)));
/** Whether the same request may go well a little later. */
const passes = (error: unknown) => error instanceof ApiError && (error.status === 0 || error.status === 503 || error.code === "wrong_offset" || error.code === "upload_moved" || error.code === "upload_broken_off");

/** Sends one file, from where an earlier attempt left it; the files that it became. */
export async function send(project: string, upload: Upload, progress: (share: number) => void): Promise<Asset[]> {
  let reached = -1;
  for (let attempt = 1; ; attempt++) {
    try {
      const path = await begun(project, upload);
      let standing = await ask(path);
      while (!standing.assets) {
        let { offset } = standing;
        // An upload that is here as a whole and no file yet is asked for once more with no bytes, which imports it.
        do {
          if (offset > reached) { reached = offset; attempt = 1; }
          const start = offset;
          progress(start / upload.file.size);
          offset = await append(path, start, upload.file.slice(start, start + PIECE_BYTES), (sent) => progress((start + sent) / upload.file.size));
        } while (offset < upload.file.size);
        standing = await ask(path);
      }
      forgetUpload(project, upload);
      return standing.assets;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404 && keptUpload(project, upload)) { forgetUpload(project, upload); continue; }
      if (!passes(error) || attempt >= ATTEMPTS) throw error;
      await later(attempt);
    }
  }
}

const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** Where the file's bytes go: an upload begun before, or a new one. */
async function begun(project: string, upload: Upload): Promise<string> {
  const all = `/api/apps/tender/projects/${project}/uploads`;
  const kept = keptUpload(project, upload);
  if (kept) return `${all}/${kept}`;
  const { file, kind, bidder } = upload;
  const metadata = [["filename", file.name], ["kind", kind], ...kind === "bid" ? [["bidder_name", bidder.trim()]] : []];
  const answer = await request(all, { method: "POST", headers: { "Tus-Resumable": "1.0.0", "Upload-Length": String(file.size), "Upload-Metadata": metadata.map(([name, value]) => `${name} ${base64(value!)}`).join(",") } });
  const { id } = await answer.json() as Standing;
  keepUpload(project, upload, id);
  return `${all}/${id}`;
}

const ask = async (path: string) => await (await request(path)).json() as Standing;

/** Sends bytes and tells where the upload then stands, as the answer says. */
function append(path: string, offset: number, bytes: Blob, progress: (sent: number) => void): Promise<number> {
  // XMLHttpRequest alone tells how much has gone out.
  return new Promise((done, fail) => {
    const call = new XMLHttpRequest();
    call.open("PATCH", path);
    const own = { "Content-Type": "application/offset+octet-stream", "Tus-Resumable": "1.0.0", "Upload-Offset": String(offset), Prefer: "respond-async" };
    for (const [name, value] of Object.entries({ ...headers(), ...own })) call.setRequestHeader(name, value);
    call.upload.onprogress = (event) => progress(event.loaded);
    call.onload = async () => {
      if (call.status < 300) return done(Number(call.getResponseHeader("Upload-Offset") ?? offset + bytes.size));
      fail(await problem(new Response(call.responseText, { status: call.status, statusText: call.statusText })));
    };
    call.onerror = () => fail(new ApiError(0, "offline", ""));
    call.send(bytes);
  });
}

/** Every file of what was dropped, folders walked through, with its path. */
export async function dropped(items: DataTransferItemList): Promise<File[]> {
  // All are asked for before the first is waited for: the list is empty once the event is over.
  const parts = [...items].map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  return (await Promise.all(parts.map(({ entry, file }) => entry ? walk(entry) : file ? [file] : []))).flat();
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
