// How bids are scored: the tree of items with their points, and where the points lie.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { lazy, Suspense, useMemo } from "react";

import { projectQueries } from "../api/queries";
import { type ScoreRow, treeOf } from "../compute/trees";
import { Rows } from "../parts/rows";
import { usePassage } from "../parts/source";
import { Loaded, Nothing } from "../parts/states";
import { useWords } from "../words";

const Chart = lazy(() => import("../parts/chart"));

export function Scoring() {
  const { project: id } = useParams({ from: "/projects/$project" });
  const { t } = useWords();
  const info = useQuery(projectQueries.info(id));
  const criteria = info.data?.data_json.scoringCriteria;
  const tree = useMemo(() => treeOf(criteria?.items ?? []), [criteria]);
  const option = useMemo(() => ({
    grid: { left: 8, right: 24, top: 36, bottom: 8, containLabel: true },
    legend: { top: 0 },
    xAxis: { type: "value" },
    yAxis: { type: "category", data: [""] },
    tooltip: { trigger: "item" as const, renderMode: "richText" as const },
    series: tree.map((row) => ({ type: "bar", stack: "points", name: row.name, data: [row.points ?? 0], label: { show: true, formatter: "{c}" }, barMaxWidth: 46 })),
  }), [tree]);
  const show = usePassage(id);
  return (
    <Loaded query={info}>
      {() => !criteria?.items.length ? <Nothing>{info.data ? undefined : t("notExtracted")}</Nothing> : (
        <>
          <section className="panel">
            <div className="row"><h2>{criteria.evaluationMethod}</h2><span className="badge">{t("totalPoints", { n: Math.round(100 * tree.reduce((sum, row) => sum + (row.points ?? 0), 0)) / 100 })}</span></div>
            <Suspense fallback={<div style={{ height: 160 }} />}><Chart option={option} label={t("scoring")} height={160} /></Suspense>
          </section>
          <Rows<ScoreRow> dataSource={tree} expandable={{ defaultExpandAllRows: true }} scroll={{ x: 720 }} columns={[
            { title: t("item"), width: 260, dataIndex: "name" },
            { title: t("points"), width: 80, align: "right", dataIndex: "points" },
            { title: t("rule"), dataIndex: "rule" },
            { title: t("source"), width: 100, render: (_, row) => row.chunks.length ? <Button size="small" type="link" onClick={() => show(row.chunks[0]!, [row.rule, row.name])}>{t("showSource")}</Button> : null },
          ]} />
        </>
      )}
    </Loaded>
  );
}
