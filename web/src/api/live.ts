// Open runs, asked for every two seconds; of a few of them, server-sent events tell in between.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useSyncExternalStore } from "react";

import { followed, isOpen } from "../compute/runs";
import { request } from "./client";
import { dataOf } from "./events";
import { POLL_MS, forget, projectQueries } from "./queries";
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

const isInSight = () => document.visibilityState === "visible";

function watchSight(watcher: () => void) {
  document.addEventListener("visibilitychange", watcher);
  return () => document.removeEventListener("visibilitychange", watcher);
}

/** The runs of a project, kept up to date while any is open; `ended` is told of each that ends. */
export function useRuns(project: string, ended?: (run: Run) => void) {
  const client = useQueryClient();
  const key = projectQueries.runs(project).queryKey;
  const runs = useQuery({ ...projectQueries.runs(project), refetchInterval: (query) => query.state.data?.some(isOpen) ? POLL_MS : false });
  const seen = useSyncExternalStore(watchSight, isInSight);
  const open = seen ? followed(runs.data ?? []).join(" ") : "";
  const before = useRef(new Map<string, string>());
  const tell = useRef(ended);
  tell.current = ended;

  const streams = useRef(new Map<string, AbortController>());
  useEffect(() => {
    const wanted = open ? open.split(" ") : [];
    for (const [id, stream] of streams.current) {
      if (!wanted.includes(id)) { stream.abort(); streams.current.delete(id); }
    }
    for (const id of wanted.filter((one) => !streams.current.has(one))) {
      const stream = new AbortController();
      streams.current.set(id, stream);
      // The poll goes on beside it, so a stream that breaks needs no care.
      follow(id, stream.signal, (run) => client.setQueryData<Run[]>(key, (old) => old?.map((one) => one.id === run.id ? { ...one, ...run, ahead: run.ahead ?? one.ahead } : one))).catch(() => undefined);
    }
    // oxlint-disable-next-line exhaustive-deps
  }, [open, project]);
  useEffect(() => () => { for (const stream of streams.current.values()) stream.abort(); streams.current.clear(); }, []);

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
