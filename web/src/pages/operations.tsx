// For those who look after the server: queues, jobs, models, health.
import { useQuery } from "@tanstack/react-query";
import { Alert, Select, Table } from "antd";
import { lazy, Suspense, useMemo, useState } from "react";

import { jobsQuery, modelsQuery, readyQuery } from "../api/queries";
import type { Job } from "../api/types";
import { type QueueRow, hourly, queuesOf } from "../compute/queues";
import { Badge } from "../parts/badge";
import { Loaded, Nothing } from "../parts/states";
import { clock, duration } from "../parts/value";
import { Content } from "../shell";
import { useWords } from "../words";

const Chart = lazy(() => import("../parts/chart"));
const STATES = ["queued", "running", "succeeded", "failed", "cancelled"];

export function Operations() {
  const { t, label, language } = useWords();
  const [status, setStatus] = useState("");
  const [queue, setQueue] = useState("");
  const all = useQuery(jobsQuery("", ""));
  const jobs = useQuery(jobsQuery(status, queue));
  const models = useQuery(modelsQuery);
  const ready = useQuery(readyQuery);
  const queues = useMemo(() => queuesOf(all.data ?? []), [all.data]);
  const option = useMemo(() => {
    const { labels, series } = hourly(all.data ?? [], Date.now());
    return { grid: { left: 8, right: 12, top: 34, bottom: 4, containLabel: true }, legend: { top: 0 }, xAxis: { type: "category", data: labels }, yAxis: { type: "value", minInterval: 1 }, series: [...series].map(([name, data]) => ({ type: "bar", stack: "jobs", name, data })) };
  }, [all.data]);
  return (
    <Content>
      <h1>{t("operations")}</h1>
      <div className="sides">
        <section className="panel">
          <h2>{t("health")}</h2>
          {ready.data ? <div className="stack">{ready.data.status === "ok" || ready.data.status === "ready" ? null : <Alert type="error" title={ready.data.status} />}<dl className="facts">{Object.entries(ready.data.checks).flatMap(([name, state]) => [<dt key={`${name}-name`}>{label("check", name)}</dt>, <dd key={name}><span className={`badge ${state === "ok" ? "pass" : "fail"}`}>{state}</span></dd>])}</dl></div> : null}
        </section>
        <section className="panel">
          <h2>{t("models")}</h2>
          <Loaded query={models}>{(list) => <ul>{list.map((model) => <li key={model.id}><strong>{model.name}</strong> <span className="soft">{model.id}</span> {model.is_default ? <span className="badge pass">{t("defaultModel")}</span> : null}</li>)}</ul>}</Loaded>
        </section>
      </div>
      <section className="panel">
        <h2>{t("queue")}</h2>
        <Table<QueueRow> size="small" rowKey="queue" pagination={false} dataSource={queues} locale={{ emptyText: <Nothing /> }} columns={[
          { title: t("queue"), dataIndex: "queue" },
          { title: t("depth"), dataIndex: "waiting", align: "right" },
          { title: t("running"), dataIndex: "running", align: "right" },
          { title: t("done"), dataIndex: "done", align: "right" },
          { title: t("failed"), dataIndex: "failed", align: "right" },
          { title: t("oldest"), align: "right", render: (_, row) => row.oldest ? duration(row.oldest, null) : "–" },
        ]} />
        <h2 style={{ marginTop: 16 }}>{t("throughput")}</h2>
        <Suspense fallback={<div style={{ height: 200 }} />}><Chart option={option} label={t("throughput")} height={200} /></Suspense>
      </section>
      <section className="panel">
        <div className="row"><h2>{t("jobs")}</h2><Select value={status} aria-label={t("status")} style={{ minWidth: 120 }} onChange={setStatus} options={[{ value: "", label: t("all") }, ...STATES.map((value) => ({ value, label: label("run", value) }))]} /><Select value={queue} aria-label={t("queue")} style={{ minWidth: 120 }} onChange={setQueue} options={[{ value: "", label: t("all") }, ...queues.map((row) => ({ value: row.queue, label: row.queue }))]} /></div>
        <Loaded query={jobs}>
          {(list) => (
            <Table<Job> size="small" rowKey="id" dataSource={list} pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 820 }} locale={{ emptyText: <Nothing /> }}
              expandable={{ expandedRowRender: (job) => <pre style={{ whiteSpace: "pre-wrap", margin: 0 }}>{JSON.stringify({ id: job.id, function: job.kind, error: job.error, payload: job.payload, result: job.result }, null, 1)}</pre> }}
              columns={[
                { title: t("kind"), render: (_, job) => job.kind.replace(/^.*\./, "") },
                { title: t("queue"), width: 90, dataIndex: "queue" },
                { title: t("status"), width: 110, render: (_, job) => <Badge group="run" word={job.status} /> },
                { title: t("attempts"), width: 80, align: "right", dataIndex: "attempt" },
                { title: t("error"), render: (_, job) => <span style={{ color: "var(--fail)" }}>{job.error}</span> },
                { title: t("started"), width: 130, render: (_, job) => clock(job.started_at ?? job.created_at, language) },
                { title: t("took"), width: 90, render: (_, job) => duration(job.started_at, job.finished_at) },
              ]} />
          )}
        </Loaded>
      </section>
    </Content>
  );
}
