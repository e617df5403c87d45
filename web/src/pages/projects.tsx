// All projects: what is due when, and how each stands. A tender dropped anywhere begins a new one.
import { PlusOutlined } from "@ant-design/icons";
import { Link, useNavigate } from "@tanstack/react-router";
import { App, Button, Input, Modal } from "antd";
import { useMemo, useState } from "react";

import { handOver } from "../api/handed";
import { useCreateProject, useCreateSample, useProjects } from "../api/queries";
import type { Project } from "../api/types";
import { Badge, VerdictBar } from "../parts/badge";
import { useDropped } from "../parts/drop";
import { Loaded } from "../parts/states";
import { clock, deadlineOf, moment, timeLeft } from "../parts/value";
import { Content, useTitle } from "../shell";
import { useWords } from "../words";

export function Projects() {
  const { t } = useWords();
  const projects = useProjects();
  const [naming, setNaming] = useState(false);
  useDropToBegin();
  useTitle(t("projects"));
  return (
    <Content>
      <div className="row"><h1>{t("projects")}</h1><span className="spring" /><Button type="primary" icon={<PlusOutlined />} onClick={() => setNaming(true)}>{t("newProject")}</Button></div>
      <Loaded query={projects}>
        {(all) => all.length
          ? <div className="grid">{all.map((project) => <ProjectCard key={project.id} project={project} />)}</div>
          : <FirstSteps create={() => setNaming(true)} />}
      </Loaded>
      {projects.data?.length ? <p className="soft">{t("dropToBegin")}</p> : null}
      <NewProject open={naming} close={() => setNaming(false)} />
    </Content>
  );
}

/** An empty list leads somewhere: to a project of one's own, or to the sample. */
function FirstSteps({ create }: { create: () => void }) {
  const { t } = useWords();
  const { message } = App.useApp();
  const sample = useCreateSample();
  const navigate = useNavigate();
  const begin = async () => {
    try {
      const project = await sample.mutateAsync(t("sampleName"));
      await navigate({ to: "/projects/$project", params: { project: project.id } });
    } catch (error) { message.error((error as Error).message); }
  };
  return (
    <div className="drop">
      <h2>{t("noProjects")}</h2>
      <p>{t("dropToBegin")}</p>
      <div className="row" style={{ justifyContent: "center" }}>
        <Button type="primary" onClick={create}>{t("newProject")}</Button>
        <Button id="sample" loading={sample.isPending} onClick={begin}>{t("sample")}</Button>
      </div>
      <p className="soft">{t("sampleHint")}</p>
    </div>
  );
}

function ProjectCard({ project }: { project: Project }) {
  const { t, language } = useWords();
  const { counts } = project;
  const latest = useMemo(() => {
    const kinds = new Map<string, Project["latest_runs"][number]>();
    for (const run of project.latest_runs) if (!kinds.has(run.kind) || kinds.get(run.kind)!.created_at < run.created_at) kinds.set(run.kind, run);
    return [...kinds.values()];
  }, [project.latest_runs]);
  return (
    <Link to="/projects/$project" params={{ project: project.id }} className="panel project">
      <h2>{project.name}</h2>
      <Countdown deadline={project.bid_deadline} />
      <Glance counts={counts.findings} />
      <div className="row">{latest.map((run) => <RunWord key={run.id} kind={run.kind} status={run.status} />)}</div>
      <span className="soft">{t("fileCount", { n: counts.files })} · {t("bidders", { n: counts.bidders })}{counts.open_runs ? ` · ${t("openRuns", { n: counts.open_runs })}` : ""} · {t("created", { time: clock(project.created_at, language) })}</span>
    </Link>
  );
}

function RunWord({ kind, status }: { kind: string; status: string }) {
  const { label } = useWords();
  return <span className={`badge ${status}`}>{label("kind", kind)} · {label("run", status)}</span>;
}

function Countdown({ deadline: stated }: { deadline: string | null | undefined }) {
  const { t, language } = useWords();
  const deadline = deadlineOf(stated);
  if (!stated || !deadline) return <span className="soft">{t("noDeadline")}</span>;
  const left = timeLeft(deadline, Date.now());
  return <span><span className={`badge ${left?.tone ?? ""}`}>{left ? t(left.word === "hour" ? "hoursLeft" : "daysLeft", { n: left.n }) : t("deadlinePassed")}</span> <span className="soft">{moment(stated, language)}</span></span>;
}

function Glance({ counts }: { counts: Project["counts"]["findings"] }) {
  if (!counts.pass && !counts.risk && !counts.fail) return null;
  return <div className="row"><VerdictBar counts={counts} /><Badge group="verdict" word="fail">{counts.fail}</Badge><Badge group="verdict" word="risk">{counts.risk}</Badge></div>;
}

function NewProject({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useWords();
  const { message } = App.useApp();
  const create = useCreateProject();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const submit = async () => {
    if (!name.trim()) return;
    try {
      const project = await create.mutateAsync(name.trim());
      close();
      setName("");
      await navigate({ to: "/projects/$project/files", params: { project: project.id } });
    } catch (error) { message.error((error as Error).message); }
  };
  return (
    <Modal open={open} onCancel={close} onOk={submit} okText={t("create")} cancelText={t("cancel")} okButtonProps={{ disabled: !name.trim(), loading: create.isPending }} title={t("newProject")}>
      <Input autoFocus name="project" maxLength={200} placeholder={t("projectName")} aria-label={t("projectName")} value={name} onChange={(event) => setName(event.target.value)} onPressEnter={submit} />
    </Modal>
  );
}

/** Files dropped anywhere on the page become a project, named after the first of them. */
function useDropToBegin() {
  const { t } = useWords();
  const { message } = App.useApp();
  const create = useCreateProject();
  const navigate = useNavigate();
  useDropped(t("dropHere"), async (files) => {
    try {
      const project = await create.mutateAsync(files[0]!.name.replace(/\.[^.]+$/, "").slice(0, 200));
      handOver(project.id, files);
      await navigate({ to: "/projects/$project/files", params: { project: project.id } });
    } catch (error) { message.error((error as Error).message); }
  });
}
