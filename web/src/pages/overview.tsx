// A project at a glance: what is due, what is dangerous, where each bidder stands, and what to do next.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Steps } from "antd";

import { projectQueries } from "../api/queries";
import { type Finding, type ProjectInfo, spans } from "../api/types";
import { Badge, VerdictBar } from "../parts/badge";
import { Quotes } from "../parts/source";
import { deadlineOf, moment, valueText } from "../parts/value";
import { useWords } from "../words";
import { FIELD_ORDER } from "../words/labels";

const KEY_FACTS = ["project_name", "tender_no", "buyer_name", "procurement_method", "budget", "max_price", "bid_bond", "bid_validity_days", "contract_duration", "evaluation_method", "consortium"];

export function Overview() {
  const { project: id } = useParams({ from: "/projects/$project" });
  const { t, label, language } = useWords();
  const info = useQuery(projectQueries.info(id));
  const risks = useQuery(projectQueries.risks(id));
  const review = useQuery(projectQueries.review(id));
  const assets = useQuery(projectQueries.assets(id));
  const fields = info.data?.data_json.fields;
  const dangerous = (risks.data ?? []).filter((risk) => risk.risk_type === "mustReject");
  const has = [assets.data?.some((asset) => asset.kind === "tender"), fields !== undefined, (review.data?.length ?? 0) > 0];
  const step = has.findIndex((one) => !one);
  return (
    <>
      {step >= 0 && step < 3 ? <section className="panel"><h2>{t("nextStep")}</h2><Steps size="small" current={step} items={[{ title: t("stepUpload") }, { title: t("stepExtract") }, { title: t("stepReview") }, { title: t("stepRead") }]} /></section> : null}
      {review.data?.length ? <Bidders id={id} findings={review.data} /> : null}
      <div className="sides">
        <section className="panel">
          <h2>{t("keyFacts")}</h2>
          {fields ? (
            <dl className="facts">
              {KEY_FACTS.filter((key) => fields[key] && fields[key].status !== "not_found").map((key) => <FactLine key={key} name={label("fields", key)} value={valueText(fields[key]!.value, language, label) || label("fieldStatus", fields[key]!.status)} />)}
            </dl>
          ) : <p className="soft">{t("notExtracted")}</p>}
        </section>
        <section className="panel">
          <h2>{t("deadlines")}</h2>
          {info.data ? <Timeline info={info.data} /> : <p className="soft">{t("notExtracted")}</p>}
        </section>
      </div>
      {dangerous.length ? (
        <section className="panel">
          <div className="row"><h2>{t("mustReject")}</h2><span className="badge critical">{dangerous.length}</span><span className="spring" /><Link to="/projects/$project/risks" params={{ project: id }}>{t("all")}</Link></div>
          {dangerous.slice(0, 5).map((risk) => <Quotes key={risk.id} spans={risk.evidence_spans} limit={1} />)}
        </section>
      ) : null}
    </>
  );
}

function FactLine({ name, value }: { name: string; value: string }) {
  return <><dt>{name}</dt><dd>{value}</dd></>;
}

function Bidders({ id, findings }: { id: string; findings: Finding[] }) {
  const { t } = useWords();
  const bidders = [...new Set(findings.map((finding) => finding.bidder_name))];
  return (
    <section className="grid" aria-label={t("bidders", { n: bidders.length })}>
      {bidders.map((bidder) => {
        const counts = { pass: 0, risk: 0, fail: 0 };
        for (const finding of findings) if (finding.bidder_name === bidder) counts[finding.result] += 1;
        return (
          <div key={bidder} className="panel stack bidder">
            <h2>{bidder}</h2>
            <VerdictBar counts={counts} />
            <div className="row">
              {(["fail", "risk", "pass"] as const).map((result) => <Link key={result} to="/projects/$project/findings" params={{ project: id }} search={{ bidder, result }} className={`badge ${result}`}><Count result={result} n={counts[result]} /></Link>)}
            </div>
          </div>
        );
      })}
    </section>
  );
}

function Count({ result, n }: { result: string; n: number }) {
  const { label } = useWords();
  return <>{label("verdict", result)} {n}</>;
}

const DATED = ["notice_date", "doc_obtain_start", "doc_obtain_end", "clarification_deadline", "pre_bid_meeting", "site_visit", "bid_bond_deadline", "bid_deadline", "opening_time"];

export function Timeline({ info }: { info: ProjectInfo }) {
  const { t, label, language } = useWords();
  const { fields } = info.data_json;
  const rows = FIELD_ORDER.filter((key) => DATED.includes(key)).flatMap((key) => {
    const at = deadlineOf(fields[key]?.value);
    return at ? [{ key, at, field: fields[key]! }] : [];
  }).sort((a, b) => a.at.getTime() - b.at.getTime());
  if (!rows.length) return <p className="soft">{t("nothing")}</p>;
  return (
    <ul className="timeline">
      {rows.map(({ key, at, field }) => {
        const days = Math.ceil((at.getTime() - Date.now()) / 86_400_000);
        return <li key={key} className={days < 0 ? "past" : ""}><span>{label("fields", key)}</span><span>{moment(String(field.value), language)}<span className="soft"> · {t("page", { n: spans(field.evidence)[0]?.page ?? 0 })}</span></span>{days >= 0 ? <span className={`badge ${days <= 3 ? "fail" : days <= 10 ? "risk" : ""}`}>{t("day", { n: days })}</span> : <Badge group="run" word="success" />}</li>;
      })}
    </ul>
  );
}
