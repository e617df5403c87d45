// Every page and its address. Addresses stand after the hash, so that the server needs to know of one page only.
import { createHashHistory, createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";

import { NoSuchPage, Shell, WentWrong } from "./shell";

const root = createRootRoute({ component: Shell, notFoundComponent: NoSuchPage });
const projects = createRoute({ getParentRoute: () => root, path: "/", component: lazyRouteComponent(() => import("./pages/projects"), "Projects") });
const operations = createRoute({ getParentRoute: () => root, path: "/operations", component: lazyRouteComponent(() => import("./pages/operations"), "Operations") });
const project = createRoute({ getParentRoute: () => root, path: "/projects/$project", component: lazyRouteComponent(() => import("./pages/project"), "ProjectFrame") });

interface FindingSearch { bidder?: string; result?: string; q?: string }
interface DocumentSearch { asset?: string; page?: number; chunk?: string; quote?: string; q?: string }

const optional = (value: unknown) => typeof value === "string" || typeof value === "number" ? String(value) : undefined;
const page = <P extends string>(path: P, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({ getParentRoute: () => project, path, component: lazyRouteComponent(load as never, name as never) });

const findings = createRoute({
  getParentRoute: () => project, path: "findings", component: lazyRouteComponent(() => import("./pages/findings"), "Findings"),
  validateSearch: (search: Record<string, unknown>): FindingSearch => ({ bidder: optional(search.bidder), result: optional(search.result), q: optional(search.q) }),
});
const documents = createRoute({
  getParentRoute: () => project, path: "documents", component: lazyRouteComponent(() => import("./pages/documents"), "Documents"),
  validateSearch: (search: Record<string, unknown>): DocumentSearch => ({ asset: optional(search.asset), page: search.page === undefined ? undefined : Number(search.page) || undefined, chunk: optional(search.chunk), quote: optional(search.quote), q: optional(search.q) }),
});

const tree = root.addChildren([projects, operations, project.addChildren([
  page("/", () => import("./pages/overview"), "Overview"),
  page("files", () => import("./pages/files"), "Files"),
  page("facts", () => import("./pages/facts"), "Facts"),
  page("risks", () => import("./pages/risks"), "Risks"),
  page("requirements", () => import("./pages/requirements"), "Requirements"),
  page("scoring", () => import("./pages/scoring"), "Scoring"),
  page("changes", () => import("./pages/changes"), "Changes"),
  page("clarifications", () => import("./pages/clarifications"), "ClarificationsPage"),
  page("outline", () => import("./pages/outline"), "Outline"),
  findings,
  page("matrix", () => import("./pages/matrix"), "Matrix"),
  page("compare", () => import("./pages/compare"), "Compare"),
  page("clues", () => import("./pages/clues"), "Clues"),
  page("runs", () => import("./pages/runs"), "Runs"),
  documents,
])]);

export const router = createRouter({ routeTree: tree, history: createHashHistory(), defaultPreload: "intent", defaultErrorComponent: WentWrong });

declare module "@tanstack/react-router" {
  interface Register { router: typeof router }
}
