// The frame of one project: its pages at the side, the work that can be started, what is going on right now.
import { AuditOutlined, DownloadOutlined, MenuOutlined, ThunderboltOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useLocation, useNavigate, useParams } from "@tanstack/react-router";
import { App, Button, Drawer, Dropdown, Layout, Menu, Progress } from "antd";
import { useEffect, useState } from "react";
import { createPortal } from "react-dom";

import { handOver } from "../api/handed";
import { useRuns } from "../api/live";
import { projectQueries, saveReport, useMe, useProject, useStart } from "../api/queries";
import type { Run } from "../api/types";
import { isOpen } from "../compute/runs";
import { useDropped } from "../parts/drop";
import { Failure } from "../parts/failure";
import { Loaded } from "../parts/states";
import { SourceProvider } from "../parts/source";
import { annotatedName, exportName } from "../parts/value";
import { Content, useTitle } from "../shell";
import { type Word, useWords } from "../words";

const GROUPS: { title?: Word; pages: Word[] }[] = [
  { pages: ["overview", "files"] },
  { title: "tender", pages: ["facts", "risks", "requirements", "scoring", "changes", "clarifications", "outline"] },
  { title: "review", pages: ["findings", "matrix", "compare", "clues"] },
  { pages: ["documents", "runs"] },
];

export function ProjectFrame() {
  const { project: id } = useParams({ from: "/projects/$project" });
  const { t, label } = useWords();
  const { notification } = App.useApp();
  const project = useProject(id);
  const [menu, setMenu] = useState(false);
  const runs = useRuns(id, (run) => {
    if (run.status === "failed") notification.error({ title: t("ended", { kind: label("kind", run.kind), status: label("run", run.status) }), description: <Failure of={run} /> });
    else notification.success({ title: t("ended", { kind: label("kind", run.kind), status: label("run", run.status) }), duration: 2 });
  });
  const navigate = useNavigate();
  useDropped(t("dropToAdd"), (files) => {
    handOver(id, files);
    void navigate({ to: "/projects/$project/files", params: { project: id } });
  });
  useTitle(t(useHere()), project.data?.name ?? "");
  const open = (runs.data ?? []).filter(isOpen);
  return (
    <SourceProvider project={id}>
      <Layout hasSider>
        <Layout.Sider className="side hide-small" width={196}><Pages id={id} /></Layout.Sider>
        <Drawer open={menu} onClose={() => setMenu(false)} placement="left" size={240} title={t("menu")} styles={{ body: { padding: 0 } }}><Pages id={id} chosen={() => setMenu(false)} /></Drawer>
        <Content>
          <Crumb text={project.data?.name ?? ""} />
          <div className="row">
            <Button className="show-small" icon={<MenuOutlined />} aria-label={t("menu")} onClick={() => setMenu(true)} />
            <h1>{project.data?.name}</h1>
            <span className="spring" />
            <Actions id={id} name={project.data?.name ?? ""} open={open} />
          </div>
          {open.length ? <div className="panel stack" role="status">{open.map((run) => <OpenRun key={run.id} run={run} />)}</div> : null}
          <Loaded query={project}>{() => <Outlet />}</Loaded>
        </Content>
      </Layout>
    </SourceProvider>
  );
}

function Crumb({ text }: { text: string }) {
  const [place, setPlace] = useState<HTMLElement | null>(null);
  useEffect(() => setPlace(document.getElementById("crumb")), []);
  return place ? createPortal(text, place) : null;
}

/** Which page of the project is open. */
function useHere(): Word {
  const part = useLocation({ select: (location) => location.pathname.split("/")[3] });
  return GROUPS.flatMap((group) => group.pages).find((page) => page === part) ?? "overview";
}

function Pages({ id, chosen }: { id: string; chosen?: () => void }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const here = useHere();
  const me = useMe();
  const item = (page: Word) => ({ key: page, label: t(page) });
  const items = (pages: Word[]) => pages.filter((page) => page !== "clues" || me.data?.can_see_clues).map(item);
  return (
    <nav aria-label={t("menu")}>
      <Menu mode="inline" selectedKeys={[here]} style={{ borderInlineEnd: 0 }}
        items={GROUPS.flatMap((group) => group.title ? [{ type: "group" as const, key: group.title, label: t(group.title), children: items(group.pages) }] : items(group.pages))}
        onClick={({ key }) => { chosen?.(); void navigate({ to: key === "overview" ? "/projects/$project" : `/projects/$project/${key}` as "/projects/$project/files", params: { project: id } }); }} />
    </nav>
  );
}

function Actions({ id, name, open }: { id: string; name: string; open: Run[] }) {
  const { t, language } = useWords();
  const { message } = App.useApp();
  const start = useStart(id);
  const busy = (kinds: string[]) => open.some((run) => kinds.includes(run.kind));
  const begin = (...works: ("project-info" | "risks" | "review")[]) => async () => {
    try { for (const work of works) await start.mutateAsync({ work }); }
    catch (error) { message.error((error as Error).message, 6); }
  };
  const assets = useQuery(projectQueries.assets(id));
  const bids = (assets.data ?? []).filter((asset) => asset.kind === "bid" && asset.status === "ready" && /\.(pdf|docx)$/i.test(asset.filename));
  const save = async (format: string) => {
    const bid = bids.find((asset) => format === `annotated/${asset.id}`);
    try { await saveReport(id, format, bid ? annotatedName(bid.filename) : exportName(name, format, language)); }
    catch (error) { message.error((error as Error).message, 6); }
  };
  const formats = [["html", `${t("readable")} (HTML)`], ["docx", `${t("readable")} (DOCX)`], ["xlsx", `${t("matrix")} (XLSX)`], ["clarifications", t("letter")], ["ics", t("calendar")], ["json", "JSON"], ["ocds", "OCDS 1.1"], ["sarif", "SARIF 2.1"], ["annotations", "W3C Web Annotations"]] as const;
  const reports = formats.map(([key, label]) => ({ key, label }));
  const copies = bids.map((asset) => ({ key: `annotated/${asset.id}`, label: asset.bidder_name ? `${asset.filename} (${asset.bidder_name})` : asset.filename }));
  const items = copies.length ? [...reports, { type: "group" as const, key: "annotated", label: t("annotated"), children: copies }] : reports;
  return (
    <>
      <Button id="extract" icon={<ThunderboltOutlined />} loading={busy(["extract_project_info", "extract_risks"])} onClick={begin("project-info", "risks")}>{t("extract")}</Button>
      <Button id="review" icon={<AuditOutlined />} type="primary" loading={busy(["review"])} onClick={begin("review")}>{t("runReview")}</Button>
      <Dropdown menu={{ items, onClick: ({ key }) => void save(key) }}><Button id="export" icon={<DownloadOutlined />}>{t("exports")}</Button></Dropdown>
    </>
  );
}

/** One run that goes on, with its stage and, once there is something to reckon with, the time left. */
function OpenRun({ run }: { run: Run }) {
  const { t, label } = useWords();
  const [now, setNow] = useState(Date.now);
  useEffect(() => { const timer = setInterval(() => setNow(Date.now()), 1000); return () => clearInterval(timer); }, []);
  const spent = run.started_at ? (now - Date.parse(run.started_at)) / 1000 : 0;
  const left = run.progress > 0.05 && run.progress < 1 && spent > 3 ? Math.ceil(spent / run.progress - spent) : null;
  return (
    <div className="row">
      <strong>{label("kind", run.kind)}</strong>
      <span className={`badge ${run.status}`}>{label("run", run.status)}</span>
      <Progress percent={Math.round(run.progress * 100)} size="small" style={{ flex: 1, minWidth: 160, margin: 0 }} aria-label={label("kind", run.kind)} />
      <span className="soft">{run.stage ? label("stage", run.stage) : ""}{run.message ? ` · ${run.message}` : ""}{left ? ` · ${t("timeLeft", { n: left })}` : ""}{run.status === "pending" && run.ahead ? ` · ${t("queued", { n: run.ahead })}` : ""}</span>
    </div>
  );
}
