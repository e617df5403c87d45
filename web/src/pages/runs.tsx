// Every run of a project: what it did, how long it took, why it failed and what to do about it.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Alert, App, Button, Progress } from "antd";

import { projectQueries, useCancel, useRetry } from "../api/queries";
import type { Run } from "../api/types";
import { isOpen } from "../compute/runs";
import { Badge } from "../parts/badge";
import { Failure } from "../parts/failure";
import { Rows } from "../parts/rows";
import { Loaded, Nothing } from "../parts/states";
import { clock, duration } from "../parts/value";
import { useWords } from "../words";

export function Runs() {
  const { project: id } = useParams({ from: "/projects/$project" });
  const { t, label, language } = useWords();
  const { message } = App.useApp();
  // The frame around this page keeps them up to date.
  const runs = useQuery(projectQueries.runs(id));
  const cancel = useCancel(id);
  const retry = useRetry(id);
  const tell = (error: Error) => message.error(error.message);
  return (
    <>
      {runs.error && runs.data ? <Alert type="warning" title={t("reconnecting")} /> : null}
      <Loaded query={runs}>
        {(all) => (
          <Rows<Run> rowKey="id" dataSource={all} pagination={{ pageSize: 25, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 820 }} locale={{ emptyText: <Nothing /> }} columns={[
            { title: t("kind"), width: 140, render: (_, run) => label("kind", run.kind) },
            { title: t("status"), width: 120, render: (_, run) => <Badge group="run" word={run.status} /> },
            { title: t("progress"), width: 190, render: (_, run) => <Progress size="small" percent={Math.round(run.progress * 100)} status={run.status === "failed" ? "exception" : isOpen(run) ? "active" : "normal"} aria-label={label("kind", run.kind)} /> },
            { title: t("note"), render: (_, run) => run.status === "failed" ? <Failure of={run} /> : isOpen(run) || run.message ? <span className="soft">{[isOpen(run) && run.stage ? label("stage", run.stage) : "", run.message, run.status === "pending" && run.ahead ? t("queued", { n: run.ahead }) : ""].filter(Boolean).join(" ")}</span> : null },
            { title: t("started"), width: 130, render: (_, run) => clock(run.started_at ?? run.created_at, language) },
            { title: t("took"), width: 90, render: (_, run) => duration(run.started_at, run.finished_at) },
            { title: t("actions"), width: 90, render: (_, run) => isOpen(run) ? <Button size="small" onClick={() => cancel.mutateAsync(run.id).catch(tell)}>{t("cancel")}</Button> : run.status === "failed" || run.status === "cancelled" ? <Button size="small" onClick={() => retry.mutateAsync(run.id).catch(tell)}>{t("retry")}</Button> : null },
          ]} />
        )}
      </Loaded>
    </>
  );
}
