// The public API, typed by its own description; a failed answer becomes an `ApiError` with the server's words.
import createClient, { type Middleware } from "openapi-fetch";
import i18next from "i18next";

import { refused, token } from "../session";
import { refusal } from "../words/problems";
import type { paths } from "./schema";

export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string, detail: string) { super(detail); }
}

/** What every request carries. */
export function headers(): Record<string, string> {
  const own: Record<string, string> = { "Accept-Language": i18next.language };
  if (token()) own.Authorization = `Bearer ${token()}`;
  return own;
}

export async function problem(response: Response): Promise<ApiError> {
  if (response.status === 401) refused();
  const body = await response.json().catch(() => null) as { code?: string; detail?: string } | null;
  const code = body?.code ?? "";
  return new ApiError(response.status, code, refusal(code, body?.detail ?? response.statusText, i18next.language));
}

/** `fetch` with the token; a server that does not answer is said in the reader's language. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try { response = await fetch(path, { ...init, headers: { ...headers(), ...init.headers } }); }
  catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "offline", i18next.t("offline"));
  }
  if (!response.ok) throw await problem(response);
  return response;
}

const authentication: Middleware = {
  onRequest({ request: asked }) {
    for (const [name, value] of Object.entries(headers())) asked.headers.set(name, value);
    return asked;
  },
  async onResponse({ response }) { if (!response.ok) throw await problem(response); },
  onError() { return new ApiError(0, "offline", i18next.t("offline")); },
};

export const api = createClient<paths>({ baseUrl: "/" });
api.use(authentication);

/** The body of an answer: failures have been thrown, so that it is there. */
export async function body<T>(answer: Promise<{ data?: unknown }>): Promise<T> { return (await answer).data as T; }
