// What the pages read and change, each under a key that begins with its project.
import { type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { isOpen } from "../compute/runs";
import { api, body, request } from "./client";
import type { components } from "./schema";
import type { Asset, Change, Clarifications, Clue, Comparison, DecisionKind, Finding, Job, OutlineNode, PageLine, Project, ProjectInfo, Requirement, Risk, Run, SearchHit, Segment, User, Verdict } from "./types";

/** How often open runs are asked for when nothing tells of them. */
export const POLL_MS = 2000;

const at = (project_id: string) => ({ params: { path: { project_id } } });

export const useMe = () => useQuery({ queryKey: ["me"], queryFn: () => body<User>(api.GET("/api/auth/me")), staleTime: Infinity });

export const useProjects = () => useQuery({
  queryKey: ["projects"],
  queryFn: () => body<Project[]>(api.GET("/api/apps/tender/projects")),
  refetchInterval: (query) => query.state.data?.some((project) => project.latest_runs.some(isOpen)) ? POLL_MS : false,
});

export const useProject = (id: string) => useQuery({ queryKey: ["project", id], queryFn: () => body<Project>(api.GET("/api/apps/tender/projects/{project_id}", at(id))) });

/** What has been made of a project, one query each. */
export const projectQueries = {
  assets: (id: string) => ({ queryKey: ["project", id, "assets"], queryFn: () => body<Asset[]>(api.GET("/api/apps/tender/projects/{project_id}/assets", at(id))) }),
  runs: (id: string) => ({ queryKey: ["project", id, "runs"], queryFn: () => body<Run[]>(api.GET("/api/apps/tender/projects/{project_id}/runs", at(id))) }),
  info: (id: string) => ({ queryKey: ["project", id, "info"], queryFn: async () => (await body<ProjectInfo | null>(api.GET("/api/apps/tender/projects/{project_id}/project-info", at(id)))) ?? null }),
  risks: (id: string) => ({ queryKey: ["project", id, "risks"], queryFn: () => body<Risk[]>(api.GET("/api/apps/tender/projects/{project_id}/risks", at(id))) }),
  requirements: (id: string) => ({ queryKey: ["project", id, "requirements"], queryFn: () => body<Requirement[]>(api.GET("/api/apps/tender/projects/{project_id}/requirements", at(id))) }),
  clarifications: (id: string) => ({ queryKey: ["project", id, "clarifications"], queryFn: () => body<Clarifications>(api.GET("/api/apps/tender/projects/{project_id}/clarifications", at(id))) }),
  changes: (id: string) => ({ queryKey: ["project", id, "changes"], queryFn: () => body<Change[]>(api.GET("/api/apps/tender/projects/{project_id}/changes", at(id))) }),
  review: (id: string) => ({ queryKey: ["project", id, "review"], queryFn: () => body<Finding[]>(api.GET("/api/apps/tender/projects/{project_id}/review", at(id))) }),
  clues: (id: string) => ({ queryKey: ["project", id, "clues"], queryFn: () => body<Clue[]>(api.GET("/api/apps/tender/projects/{project_id}/clues", at(id))), retry: false }),
  outline: (id: string) => ({ queryKey: ["project", id, "outline"], queryFn: () => body<OutlineNode[]>(api.GET("/api/apps/tender/projects/{project_id}/directory", at(id))) }),
  segments: (id: string, asset_id: string) => ({
    queryKey: ["project", id, "segments", asset_id],
    queryFn: () => body<Segment[]>(api.GET("/api/apps/tender/projects/{project_id}/assets/{asset_id}/segments", { params: { path: { project_id: id, asset_id } } })),
    staleTime: Infinity,
  }),
  comparison: (id: string, from?: string, to?: string) => ({
    queryKey: ["project", id, "comparison", from, to],
    queryFn: () => body<Comparison>(api.GET("/api/apps/tender/projects/{project_id}/review/compare", { params: { path: { project_id: id }, query: { from, to } } })),
    retry: false,
  }),
  search: (id: string, q: string, asset_id?: string) => ({
    queryKey: ["project", id, "search", q, asset_id],
    queryFn: () => body<SearchHit[]>(api.GET("/api/apps/tender/projects/{project_id}/search", { params: { path: { project_id: id }, query: { q, asset_id, limit: 30 } } })),
    enabled: q.trim() !== "",
  }),
};

export const jobsQuery = (status: string, queue: string) => ({ queryKey: ["jobs", status, queue], queryFn: () => body<Job[]>(api.GET("/api/jobs", { params: { query: { status, queue } } })), refetchInterval: POLL_MS });
export const modelsQuery = { queryKey: ["models"], queryFn: () => body<{ id: string; name: string; is_default: boolean }[]>(api.GET("/api/llms")) };
/** What administrators look at and do. */
export const adminQueries = {
  queues: { queryKey: ["admin", "queues"], queryFn: () => body<components["schemas"]["QueueWire"][]>(api.GET("/api/admin/queues")), refetchInterval: POLL_MS },
  throughput: { queryKey: ["admin", "throughput"], queryFn: () => body<components["schemas"]["HourWire"][]>(api.GET("/api/admin/throughput")), refetchInterval: 15 * POLL_MS },
  workers: { queryKey: ["admin", "workers"], queryFn: () => body<components["schemas"]["WorkerWire"][]>(api.GET("/api/admin/workers")), refetchInterval: 5 * POLL_MS },
  users: { queryKey: ["admin", "users"], queryFn: () => body<AdminUser[]>(api.GET("/api/admin/users")) },
  storage: { queryKey: ["admin", "storage"], queryFn: () => body<components["schemas"]["StorageWire"]>(api.GET("/api/admin/storage")) },
};

export type AdminUser = User & { sessions: number; projects: number };
export const setQueuePaused = (queue: string, paused: boolean) => api.POST(paused ? "/api/admin/queues/{queue}/pause" : "/api/admin/queues/{queue}/resume", { params: { path: { queue } } });
export const cancelJob = (job_id: string) => api.POST("/api/admin/jobs/{job_id}/cancel", { params: { path: { job_id } } });
export const retryJob = (job_id: string) => api.POST("/api/admin/jobs/{job_id}/retry", { params: { path: { job_id } } });
export const addUser = (user: { username: string; password: string; is_admin: boolean }) => api.POST("/api/admin/users", { body: user });
export const resetPassword = (user_id: string) => body<{ password: string }>(api.POST("/api/admin/users/{user_id}/password", { params: { path: { user_id } } }));
export const allowClues = (user_id: string, allowed: boolean) => allowed ? api.PUT("/api/admin/users/{user_id}/clues", { params: { path: { user_id } } }) : api.DELETE("/api/admin/users/{user_id}/clues", { params: { path: { user_id } } });
export const endSessions = (user_id: string) => api.DELETE("/api/admin/users/{user_id}/sessions", { params: { path: { user_id } } });
export const testModel = (model_id: string) => body<{ answers: boolean; took_ms: number; detail: string }>(api.POST("/api/admin/llms/{model_id}/test", { params: { path: { model_id } } }));

export const readyQuery = {
  queryKey: ["ready"],
  // "Not ready" is an answer too.
  queryFn: async () => await (await fetch("/health/ready")).json() as { status: string; checks: Record<string, string> },
  refetchInterval: 10_000,
};

/** A change, after which everything of the project is asked for again. */
function useChange<T>(id: string, change: (input: T) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => forget(client, id) });
}

export function forget(client: QueryClient, id: string) {
  void client.invalidateQueries({ queryKey: ["project", id] });
  void client.invalidateQueries({ queryKey: ["projects"] });
}

export const useCreateProject = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => body<Project>(api.POST("/api/apps/tender/projects", { body: { name } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["projects"] }),
  });
};

export const useCreateSample = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => body<Project>(api.POST("/api/apps/tender/samples", { body: { name } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["projects"] }),
  });
};

export const changePassword = (current_password: string, new_password: string) => body<{ access_token: string }>(api.POST("/api/auth/password", { body: { current_password, new_password } }));

export async function deletePlan(id: string) {
  return body<{ confirm_token: string; warning: string; items: { type: string; count: number; samples: string[] }[] }>(api.GET("/api/apps/tender/projects/{project_id}/delete-plan", at(id)));
}

export const deleteProject = (id: string, confirm_token: string) => api.DELETE("/api/apps/tender/projects/{project_id}", { ...at(id), body: { confirm_token } });

export type Work = "project-info" | "risks" | "review" | "outline";
const LATER = { Prefer: "respond-async" };

/** Starts a run and answers its id; the same request while its run is open gives the same run. */
export async function startWork(id: string, work: Work, bidder_name?: string): Promise<string> {
  const open = { ...at(id), headers: LATER };
  const started = await body<{ run_id: string }>(
    work === "project-info" ? api.POST("/api/apps/tender/projects/{project_id}/extract/project-info", { ...open, body: {} })
      : work === "risks" ? api.POST("/api/apps/tender/projects/{project_id}/extract/risks", { ...open, body: {} })
      : work === "outline" ? api.POST("/api/apps/tender/projects/{project_id}/directory/generate", { ...open, body: {} })
      : api.POST("/api/apps/tender/projects/{project_id}/review/run", { ...open, body: { bidder_name } }));
  return started.run_id;
}

export const useStart = (id: string) => useChange(id, ({ work, bidder }: { work: Work; bidder?: string }) => startWork(id, work, bidder));
export const useCancel = (id: string) => useChange(id, (run_id: string) => api.POST("/api/apps/tender/runs/{run_id}/cancel", { params: { path: { run_id } } }));
export const useRetry = (id: string) => useChange(id, (run_id: string) => api.POST("/api/apps/tender/runs/{run_id}/retry", { params: { path: { run_id } } }));
export const useChangeAsset = (id: string) => useChange(id, ({ asset_id, ...change }: { asset_id: string; kind: string; bidder_name?: string }) => api.PUT("/api/apps/tender/projects/{project_id}/assets/{asset_id}", { params: { path: { project_id: id, asset_id } }, body: change }));
export const useDeleteAsset = (id: string) => useChange(id, (asset_id: string) => api.DELETE("/api/apps/tender/projects/{project_id}/assets/{asset_id}", { params: { path: { project_id: id, asset_id } } }));

export interface DecisionInput { finding: Finding; decision: DecisionKind | null; reason?: string; remark?: string; result?: Verdict }

/** Takes a decision about a finding, or takes it back; the list shows it at once. */
export function useDecide(id: string) {
  return useChange(id, ({ finding, decision, ...rest }: DecisionInput) => {
    const where = { params: { path: { project_id: id, finding_id: finding.id } } };
    return decision === null
      ? api.DELETE("/api/apps/tender/projects/{project_id}/review/{finding_id}/decision", where)
      : api.PUT("/api/apps/tender/projects/{project_id}/review/{finding_id}/decision", { ...where, body: { decision, version: finding.version, ...rest } });
  });
}

export interface LedgerInput { requirement: Requirement; state: "confirmed" | "edited" | "dropped" | null; text?: string; dimension?: string; rigid?: boolean; note?: string }

export function useEditLedger(id: string) {
  return useChange(id, ({ requirement, state, ...rest }: LedgerInput) => {
    const where = { params: { path: { project_id: id, requirement_id: requirement.id } } };
    return state === null
      ? api.DELETE("/api/apps/tender/projects/{project_id}/requirements/{requirement_id}", where)
      : api.PUT("/api/apps/tender/projects/{project_id}/requirements/{requirement_id}", { ...where, body: { state, ...rest } });
  });
}

export const useAddRequirement = (id: string) => useChange(id, (added: { dimension: string; quote: string; text?: string; rigid?: boolean; note?: string }) => api.POST("/api/apps/tender/projects/{project_id}/requirements", { ...at(id), body: added }));

export async function lookUp(chunk_ids: string[]): Promise<Segment[]> { return body<Segment[]>(api.POST("/api/apps/tender/chunks/lookup", { body: { chunk_ids } })); }

export const chunkQuery = (chunk_id: string) => ({ queryKey: ["chunk", chunk_id], queryFn: () => lookUp([chunk_id]), staleTime: Infinity });

/** The picture of a page as the server draws it. */
export const pageImage = (id: string, asset_id: string, page: number, dpi: number) => ({
  queryKey: ["page", asset_id, page, dpi],
  queryFn: async ({ signal }: { signal: AbortSignal }) => {
    const answer = await request(`/api/apps/tender/projects/${id}/assets/${asset_id}/pages/${page}/image?dpi=${dpi}`, { signal });
    return createImageBitmap(await answer.blob());
  },
  staleTime: Infinity,
  gcTime: 60_000,
  retry: false,
});

/** The words of a page, to lay over its picture. */
export const pageText = (project_id: string, asset_id: string, page: number) => ({
  queryKey: ["project", project_id, "page-text", asset_id, page],
  queryFn: ({ signal }: { signal: AbortSignal }) => body<PageLine[]>(api.GET("/api/apps/tender/projects/{project_id}/assets/{asset_id}/pages/{page}/text", { params: { path: { project_id, asset_id, page } }, signal })),
  staleTime: Infinity,
  gcTime: 60_000,
  retry: false,
});

/** Saves a report of a project under a name. */
export async function saveReport(id: string, format: string, name: string) {
  const answer = await request(`/api/apps/tender/projects/${id}/export/${format}`);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
