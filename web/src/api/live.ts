// Open runs, told of by server-sent events and, where those fail, asked for every two seconds.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { request } from "./client";
import { dataOf } from "./events";
import { POLL_MS, forget, isOpen, projectQueries } from "./queries";
import type { Run } from "./types";

/** Every `run` event of a stream, until its end. Browsers' own EventSource cannot carry a token. */
async function follow(run_id: string, signal: AbortSignal, told: (run: Run) => void) {
  const answer = await request(`/api/apps/tender/runs/${run_id}/events`, { signal, headers: { Accept: "text/event-stream" } });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const events = (rest + value).split(/\r?\n\r?\n/);
    rest = events.pop() ?? "";
    for (const event of events) {
      const data = dataOf(event);
      if (data) told(JSON.parse(data) as Run);
    }
  }
}

/** The runs of a project, kept up to date while any is open; `ended` is told of each that ends. */
export function useRuns(project: string, ended?: (run: Run) => void) {
  const client = useQueryClient();
  const key = projectQueries.runs(project).queryKey;
  const runs = useQuery({ ...projectQueries.runs(project), refetchInterval: (query) => query.state.data?.some(isOpen) ? POLL_MS : false });
  const open = (runs.data ?? []).filter(isOpen).map((run) => run.id).join(" ");
  const before = useRef(new Map<string, string>());
  const tell = useRef(ended);
  tell.current = ended;

  useEffect(() => {
    if (!open) return;
    const stop = new AbortController();
    for (const id of open.split(" ")) {
      // The poll goes on beside it, so a stream that breaks needs no care.
      follow(id, stop.signal, (run) => client.setQueryData<Run[]>(key, (old) => old?.map((one) => one.id === run.id ? { ...one, ...run, ahead: run.ahead ?? one.ahead } : one))).catch(() => undefined);
    }
    return () => stop.abort();
    // oxlint-disable-next-line exhaustive-deps
  }, [open, project]);

  useEffect(() => {
    let any = false;
    for (const run of runs.data ?? []) {
      const was = before.current.get(run.id);
      before.current.set(run.id, run.status);
      if (was && isOpen({ status: was }) && !isOpen(run)) { any = true; tell.current?.(run); }
    }
    if (any) forget(client, project);
  }, [runs.data, client, project]);

  return runs;
}
