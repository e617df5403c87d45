// Every finding of the review, worst first, with both sides' words and a person's decision.
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Checkbox, Input, Pagination, Progress, Select } from "antd";
import { useState } from "react";

import { projectQueries } from "../api/queries";
import type { Finding, Verdict } from "../api/types";
import { demandOf, remarkOf } from "../compute/wording";
import { Badge } from "../parts/badge";
import { FindingCard } from "../parts/finding";
import { Loaded, Nothing } from "../parts/states";
import { useWords } from "../words";

const ORDER: Record<Verdict, number> = { fail: 0, risk: 1, pass: 2 };
const RESULTS: Verdict[] = ["fail", "risk", "pass"];
const PAGE = 20;

export const isDecided = (finding: Finding) => finding.decision?.state === "current";

export function Findings() {
  const { project: id } = useParams({ from: "/projects/$project" });
  const search = useSearch({ from: "/projects/$project/findings" });
  const navigate = useNavigate();
  const { t, label, language } = useWords();
  const review = useQuery(projectQueries.review(id));
  const [rigid, setRigid] = useState(false);
  const [undecided, setUndecided] = useState(false);
  const [dimension, setDimension] = useState("");
  const [page, setPage] = useState(1);
  const results = search.result ? search.result.split(",") as Verdict[] : ["fail", "risk"] as Verdict[];
  const ask = (part: Partial<typeof search>) => { setPage(1); void navigate({ to: "/projects/$project/findings", params: { project: id }, search: { ...search, ...part }, replace: true }); };
  return (
    <Loaded query={review}>
      {(all) => {
        if (!all.length) return <Nothing>{t("notReviewed")}</Nothing>;
        const bidders = [...new Set(all.map((finding) => finding.bidder_name))];
        const dimensions = [...new Set(all.map((finding) => finding.dimension))];
        const words = (search.q ?? "").trim().toLowerCase();
        const shown = all
          .filter((finding) => results.includes(finding.result) && (!search.bidder || finding.bidder_name === search.bidder) && (!rigid || finding.rigid) && (!undecided || !isDecided(finding)) && (!dimension || finding.dimension === dimension))
          .filter((finding) => !words || JSON.stringify([remarkOf(finding, language), demandOf(finding, language), finding.response_text, finding.rule_id, finding.tender_evidence_spans.map((span) => span.quote), finding.bid_evidence_spans.map((span) => span.quote)]).toLowerCase().includes(words))
          .sort((a, b) => ORDER[a.result] - ORDER[b.result] || Number(b.rigid) - Number(a.rigid));
        const decided = all.filter(isDecided).length;
        return (
          <>
            <div className="panel row">
              <Select value={search.bidder ?? ""} aria-label={t("bidder")} style={{ minWidth: 210 }} onChange={(bidder) => ask({ bidder: bidder || undefined })} options={[{ value: "", label: t("allBidders") }, ...bidders.map((value) => ({ value, label: value }))]} />
              <Checkbox.Group value={results} onChange={(chosen) => ask({ result: chosen.join(",") || "none" })} options={RESULTS.map((value) => ({ value, label: <Badge group="verdict" word={value}>{all.filter((finding) => finding.result === value && (!search.bidder || finding.bidder_name === search.bidder)).length}</Badge> }))} />
              <Select value={dimension} aria-label={t("dimension")} style={{ minWidth: 130 }} onChange={(value) => { setDimension(value); setPage(1); }} options={[{ value: "", label: t("all") }, ...dimensions.map((value) => ({ value, label: label("dimension", value) }))]} />
              <Checkbox checked={rigid} onChange={(event) => { setRigid(event.target.checked); setPage(1); }}>{t("rigidOnly")}</Checkbox>
              <Checkbox checked={undecided} onChange={(event) => { setUndecided(event.target.checked); setPage(1); }}>{t("undecidedOnly")}</Checkbox>
              <Input.Search allowClear placeholder={t("search")} aria-label={t("search")} defaultValue={search.q ?? ""} onChange={(event) => ask({ q: event.target.value || undefined })} style={{ maxWidth: 240 }} />
            </div>
            <div className="row soft" id="decided">{t("humanReview")}<Progress percent={Math.round(100 * decided / all.length)} size="small" style={{ width: 160, margin: 0 }} format={() => `${decided}/${all.length}`} aria-label={t("humanReview")} /><span className="spring" />{t("count", { n: shown.length })}</div>
            {shown.length ? shown.slice((page - 1) * PAGE, page * PAGE).map((finding) => <FindingCard key={finding.id + finding.bidder_name} project={id} finding={finding} />) : <Nothing />}
            <Pagination hideOnSinglePage current={page} pageSize={PAGE} total={shown.length} showSizeChanger={false} onChange={(next) => { setPage(next); scrollTo(0, 0); }} />
          </>
        );
      }}
    </Loaded>
  );
}
