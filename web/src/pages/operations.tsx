// For those who look after the server: queues, jobs, models, health.
import { PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, App, Button, Checkbox, Form, Input, Modal, Popconfirm, Result, Select, Space } from "antd";
import { lazy, Suspense, useMemo, useState } from "react";

import { type AdminUser, addUser, allowClues, adminQueries, cancelJob, endSessions, jobsQuery, modelsQuery, readyQuery, resetPassword, retryJob, setQueuePaused, testModel, useMe } from "../api/queries";
import type { components } from "../api/schema";
import type { Job } from "../api/types";
import { hourly } from "../compute/queues";
import { Badge } from "../parts/badge";
import { Failure } from "../parts/failure";
import { Rows } from "../parts/rows";
import { Loaded, Nothing } from "../parts/states";
import { bytes, clock, duration } from "../parts/value";
import { Content, useTitle } from "../shell";
import { useWords } from "../words";

const Chart = lazy(() => import("../parts/chart"));
type Queue = components["schemas"]["QueueWire"];
const STATES = ["queued", "running", "succeeded", "failed", "cancelled"];

export function Operations() {
  const { t } = useWords();
  const me = useMe();
  useTitle(t("operations"));
  return <Content><h1>{t("operations")}</h1><Loaded query={me}>{(user) => user.is_admin ? <Server /> : <Result status="403" title={t("adminsOnly")} extra={<Link to="/">{t("back")}</Link>} />}</Loaded></Content>;
}

function Server() {
  const { t, label, language } = useWords();
  const [status, setStatus] = useState("");
  const [queue, setQueue] = useState("");
  const jobs = useQuery(jobsQuery(status, queue));
  const models = useQuery(modelsQuery);
  const ready = useQuery(readyQuery);
  const queues = useQuery(adminQueries.queues);
  const workers = useQuery(adminQueries.workers);
  const throughput = useQuery(adminQueries.throughput);
  const storage = useQuery(adminQueries.storage);
  const act = useAct();
  const option = useMemo(() => {
    const { labels, series } = hourly(throughput.data ?? [], Date.now());
    return { grid: { left: 8, right: 12, top: 34, bottom: 4, containLabel: true }, legend: { top: 0 }, xAxis: { type: "category", data: labels }, yAxis: { type: "value", minInterval: 1 }, series: [...series].map(([name, data]) => ({ type: "bar", stack: "jobs", name: label("queue", name), data })) };
    // oxlint-disable-next-line exhaustive-deps
  }, [throughput.data, language]);
  return (
    <>
      <div className="sides">
        <section className="panel">
          <h2>{t("health")}</h2>
          {ready.data ? <dl className="facts">{Object.entries(ready.data.checks).flatMap(([name, state]) => [<dt key={`${name}-name`}>{label("check", name)}</dt>, <dd key={name}><span className={`badge ${state === "ok" ? "pass" : "fail"}`}>{label("health", state)}</span></dd>])}</dl> : null}
          <h2 style={{ marginTop: 16 }}>{t("storage")}</h2>
          <Loaded query={storage}>{(kept) => <dl className="facts"><dt>{t("projects")}</dt><dd>{kept.projects}</dd><dt>{t("keptFiles")}</dt><dd>{kept.files} · {bytes(kept.bytes)}</dd><dt>{t("uploadMax")}</dt><dd>{bytes(kept.upload_bytes_max)}</dd><dt>{t("jobTimeout")}</dt><dd>{t("seconds", { n: kept.job_timeout_s })}</dd></dl>}</Loaded>
        </section>
        <section className="panel">
          <h2>{t("models")}</h2>
          <Loaded query={models}>{(list) => <ul className="plain">{list.map((model) => <ModelLine key={model.id} model={model} />)}</ul>}</Loaded>
          <h2 style={{ marginTop: 16 }}>{t("workers")}</h2>
          <Loaded query={workers}>{(list) => list.length ? <ul className="plain">{list.map((worker) => <li key={worker.id}><strong>{worker.host || worker.id}</strong> <span className="soft">{worker.pid || ""} · {worker.queues.map((name) => label("queue", name)).join(", ")} · {clock(worker.started_at, language)}</span></li>)}</ul> : <Alert type="warning" title={t("noWorkers")} />}</Loaded>
        </section>
      </div>
      <section className="panel">
        <h2>{t("queues")}</h2>
        <Loaded query={queues}>
          {(list) => (
            <Rows<Queue> className="" rowKey="name" dataSource={list} scroll={{ x: 640 }} columns={[
              { title: t("queue"), render: (_, row) => <>{label("queue", row.name)} {row.paused ? <span className="badge risk">{t("paused")}</span> : null}</> },
              { title: t("depth"), dataIndex: "queued", align: "right" },
              { title: t("oldest"), align: "right", render: (_, row) => row.oldest_waiting_s == null ? "–" : t("seconds", { n: Math.round(row.oldest_waiting_s) }) },
              { title: t("running"), dataIndex: "running", align: "right" },
              { title: t("done"), dataIndex: "succeeded", align: "right" },
              { title: t("failed"), dataIndex: "failed", align: "right" },
              { title: t("actions"), width: 100, render: (_, row) => <Button size="small" onClick={() => act(() => setQueuePaused(row.name, !row.paused))}>{t(row.paused ? "resume" : "pause")}</Button> },
            ]} />
          )}
        </Loaded>
        <h2 style={{ marginTop: 16 }}>{t("throughput")}</h2>
        <Suspense fallback={<div style={{ height: 200 }} />}><Chart option={option} label={t("throughput")} height={200} /></Suspense>
      </section>
      <section className="panel">
        <div className="row"><h2>{t("jobs")}</h2><Select value={status} aria-label={t("status")} style={{ minWidth: 120 }} onChange={setStatus} options={[{ value: "", label: t("all") }, ...STATES.map((value) => ({ value, label: label("run", value) }))]} /><Select value={queue} aria-label={t("queue")} style={{ minWidth: 120 }} onChange={setQueue} options={[{ value: "", label: t("all") }, ...(queues.data ?? []).map((row) => ({ value: row.name, label: label("queue", row.name) }))]} /></div>
        <Loaded query={jobs}>
          {(list) => (
            <Rows<Job> className="" rowKey="id" dataSource={list} pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 820 }} locale={{ emptyText: <Nothing /> }}
              expandable={{ expandedRowRender: (job) => <pre style={{ whiteSpace: "pre-wrap", margin: 0 }}>{JSON.stringify({ id: job.id, function: job.kind, error_code: job.error_code, error: job.error, payload: job.payload, result: job.result }, null, 1)}</pre> }}
              columns={[
                { title: t("kind"), render: (_, job) => label("job", job.kind) },
                { title: t("queue"), width: 90, render: (_, job) => label("queue", job.queue) },
                { title: t("status"), width: 110, render: (_, job) => <Badge group="run" word={job.status} /> },
                { title: t("failures"), width: 90, align: "right", render: (_, job) => job.errors + job.crashes },
                { title: t("error"), render: (_, job) => job.error ? <Failure of={job} /> : null },
                { title: t("started"), width: 130, render: (_, job) => clock(job.started_at ?? job.created_at, language) },
                { title: t("took"), width: 90, render: (_, job) => duration(job.started_at, job.finished_at) },
                { title: t("actions"), width: 90, render: (_, job) => job.status === "queued" || job.status === "running" ? <Button size="small" onClick={() => act(() => cancelJob(job.id))}>{t("cancel")}</Button> : job.status === "succeeded" ? null : <Button size="small" onClick={() => act(() => retryJob(job.id))}>{t("retry")}</Button> },
              ]} />
          )}
        </Loaded>
      </section>
      <Users />
    </>
  );
}

/** Does something and asks anew for what it may have changed; a refusal is said. */
function useAct() {
  const { message } = App.useApp();
  const client = useQueryClient();
  return async (work: () => Promise<unknown>) => {
    try { await work(); } catch (error) { message.error((error as Error).message); }
    await client.invalidateQueries({ queryKey: ["admin"] });
    await client.invalidateQueries({ queryKey: ["jobs"] });
  };
}

function ModelLine({ model }: { model: { id: string; name: string; is_default: boolean } }) {
  const { t } = useWords();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<{ answers: boolean; took_ms: number; detail: string } | null>(null);
  const test = async () => {
    setBusy(true);
    try { setAnswer(await testModel(model.id)); } catch (error) { message.error((error as Error).message); }
    setBusy(false);
  };
  return (
    <li className="row">
      <strong>{model.name}</strong>{model.is_default ? <span className="badge pass">{t("defaultModel")}</span> : null}
      <Button size="small" loading={busy} onClick={test} aria-label={`${t("test")} ${model.name}`}>{t("test")}</Button>
      {answer ? <span className={`badge ${answer.answers ? "pass" : "fail"}`} style={{ whiteSpace: "normal", borderRadius: 6 }}>{answer.answers ? t("answersIn", { n: answer.took_ms, detail: answer.detail }) : answer.detail}</span> : null}
    </li>
  );
}

function Users() {
  const { t, language } = useWords();
  const { modal } = App.useApp();
  const users = useQuery(adminQueries.users);
  const act = useAct();
  const [adding, setAdding] = useState(false);
  const [form] = Form.useForm<{ username: string; password: string; is_admin?: boolean }>();
  const add = async () => {
    const { username, password, is_admin } = await form.validateFields();
    await act(async () => { await addUser({ username, password, is_admin: is_admin ?? false }); form.resetFields(); setAdding(false); });
  };
  const reset = (user: AdminUser) => act(async () => {
    const { password } = await resetPassword(user.id);
    modal.info({ title: user.username, content: <p>{t("newPasswordIs")}<code>{password}</code></p> });
  });
  return (
    <section className="panel">
      <div className="row"><h2>{t("users")}</h2><span className="spring" /><Button size="small" icon={<PlusOutlined />} onClick={() => setAdding(true)}>{t("addUser")}</Button></div>
      <Loaded query={users}>
        {(list) => (
          <Rows<AdminUser> className="" rowKey="id" dataSource={list} scroll={{ x: 640 }} columns={[
            { title: t("username"), render: (_, user) => <>{user.username} {user.is_admin ? <span className="badge">{t("administrator")}</span> : user.can_see_clues ? <span className="badge">{t("mayClues")}</span> : null}</> },
            { title: t("projects"), dataIndex: "projects", align: "right" },
            { title: t("sessions"), dataIndex: "sessions", align: "right" },
            { title: t("createdAt"), render: (_, user) => clock(user.created_at, language) },
            { title: t("actions"), width: 360, render: (_, user) => <Space wrap><Popconfirm title={`${t("resetPassword")}?`} okText={t("yes")} cancelText={t("cancel")} onConfirm={() => reset(user)}><Button size="small">{t("resetPassword")}</Button></Popconfirm><Button size="small" onClick={() => act(() => endSessions(user.id))}>{t("endSessions")}</Button>{user.is_admin ? null : <Button size="small" onClick={() => act(() => allowClues(user.id, !user.can_see_clues))}>{t(user.can_see_clues ? "denyClues" : "allowClues")}</Button>}</Space> },
          ]} />
        )}
      </Loaded>
      <Modal open={adding} onCancel={() => setAdding(false)} onOk={add} okText={t("save")} cancelText={t("cancel")} title={t("addUser")}>
        <Form form={form} layout="vertical" requiredMark={false}>
          <Form.Item name="username" label={t("username")} rules={[{ required: true, message: t("username") }]}><Input autoComplete="off" /></Form.Item>
          <Form.Item name="password" label={t("newPassword")} rules={[{ required: true, min: 8, message: t("newPassword") }]}><Input.Password autoComplete="new-password" /></Form.Item>
          <Form.Item name="is_admin" valuePropName="checked"><Checkbox>{t("administrator")}</Checkbox></Form.Item>
        </Form>
      </Modal>
    </section>
  );
}
