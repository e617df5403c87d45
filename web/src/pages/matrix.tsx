// Requirements × bidders: who meets what, and why.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Checkbox, Drawer, Input, Select, Table } from "antd";
import { useEffect, useMemo, useState } from "react";

import { projectQueries } from "../api/queries";
import type { Verdict } from "../api/types";
import { type Row, rowsOf, worst } from "../compute/matrix";
import { remarkOf } from "../compute/wording";
import { Badge } from "../parts/badge";
import { FindingCard } from "../parts/finding";
import { useNarrow } from "../parts/narrow";
import { Loaded, Nothing } from "../parts/states";
import { useWords } from "../words";
import { isDecided } from "./findings";

export function Matrix() {
  const { project: id } = useParams({ from: "/projects/$project" });
  const { t, label, language } = useWords();
  const review = useQuery(projectQueries.review(id));
  const requirements = useQuery(projectQueries.requirements(id));
  const [results, setResults] = useState<Verdict[]>(["fail", "risk", "pass"]);
  const [dimension, setDimension] = useState("");
  const [rigid, setRigid] = useState(false);
  const [words, setWords] = useState("");
  const [cell, setCell] = useState<{ row: string; bidder: string } | null>(null);
  const [height, setHeight] = useState(() => innerHeight - 310);
  useEffect(() => { const fit = () => setHeight(innerHeight - 310); addEventListener("resize", fit); return () => removeEventListener("resize", fit); }, []);
  const rows = useMemo(() => rowsOf(review.data ?? [], requirements.data ?? [], language), [review.data, requirements.data, language]);
  const bidders = useMemo(() => [...new Set((review.data ?? []).map((finding) => finding.bidder_name))], [review.data]);
  const shown = useMemo(() => {
    const wanted = words.trim().toLowerCase();
    return rows.filter((row) => results.includes(row.worst) && (!dimension || row.dimension === dimension) && (!rigid || row.rigid) && (!wanted || row.text.toLowerCase().includes(wanted)));
  }, [rows, results, dimension, rigid, words]);
  // On a phone the column that stays leaves the screen to the verdicts.
  const narrow = useNarrow("phone");
  const [first, each, shownMax] = narrow ? [150, 104, 70] : [380, 150, 160];
  const columns = useMemo(() => [
    { title: t("requirement"), width: first, fixed: "left" as const, render: (_: unknown, row: Row) => <div><span>{row.mark} {row.text.slice(0, shownMax)}{row.text.length > shownMax ? "…" : ""}</span>{row.rigid ? <span className="badge fail" style={{ marginLeft: 6 }}>{t("rigid")}</span> : null}</div> },
    ...(narrow ? [] : [{ title: t("dimension"), width: 110, render: (_: unknown, row: Row) => label("dimension", row.dimension) }]),
    ...bidders.map((bidder) => ({
      title: bidder, width: each, key: bidder, align: "center" as const,
      render: (_: unknown, row: Row) => {
        const findings = row.cells.get(bidder);
        if (!findings) return <span className="soft">–</span>;
        const result = worst(findings);
        const told = findings.find((finding) => finding.result === result)!;
        return <button type="button" className="cell" onClick={() => setCell({ row: row.key, bidder })} title={remarkOf(told, language)}><span className={`badge ${result}`}>{label("verdict", result)}</span><small>{told.reason_code ? label("reason", told.reason_code) : ""}{findings.every(isDecided) ? " ✓" : ""}</small></button>;
      },
    })),
  ], [bidders, narrow, first, each, shownMax, label, language, t]);
  const opened = cell ? rows.find((row) => row.key === cell.row)?.cells.get(cell.bidder) ?? [] : [];
  return (
    <Loaded query={review}>
      {(all) => all.length ? (
        <>
          <div className="panel row">
            <Checkbox.Group value={results} onChange={setResults} options={(["fail", "risk", "pass"] as const).map((value) => ({ value, label: <Badge group="verdict" word={value}>{rows.filter((row) => row.worst === value).length}</Badge> }))} />
            <Select value={dimension} aria-label={t("dimension")} style={{ minWidth: 130 }} onChange={setDimension} options={[{ value: "", label: t("all") }, ...[...new Set(rows.map((row) => row.dimension))].map((value) => ({ value, label: label("dimension", value) }))]} />
            <Checkbox checked={rigid} onChange={(event) => setRigid(event.target.checked)}>{t("rigidOnly")}</Checkbox>
            <Input.Search allowClear placeholder={t("search")} aria-label={t("search")} value={words} onChange={(event) => setWords(event.target.value)} style={{ maxWidth: 280 }} />
            <span className="soft">{t("count", { n: shown.length })}</span>
          </div>
          <Table<Row> virtual size="small" className="panel" pagination={false} dataSource={shown} columns={columns} scroll={{ x: first + (narrow ? 0 : 110) + each * bidders.length, y: Math.max(260, height) }} />
          <Drawer open={cell !== null} onClose={() => setCell(null)} size="min(980px, 96vw)" title={cell?.bidder ?? ""}>
            <div className="stack">{opened.map((finding) => <FindingCard key={finding.id} project={id} finding={finding} />)}</div>
          </Drawer>
        </>
      ) : <Nothing>{t("notReviewed")}</Nothing>}
    </Loaded>
  );
}
