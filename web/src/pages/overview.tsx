// A project at a glance: what is due, what is dangerous, where each bidder stands, and what to do next.
import { CalendarOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { App, Button, Steps } from "antd";

import { projectQueries, saveReport, useProject } from "../api/queries";
import { type Finding, type ProjectInfo, type Span, spans } from "../api/types";
import { VerdictBar } from "../parts/badge";
import { isDrawn } from "../parts/leaves";
import { Quotes, Sourced } from "../parts/source";
import { deadlineOf, exportName, moment, timeLeft, valueText } from "../parts/value";
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
  const known = [assets, info, review].every((query) => query.data !== undefined);
  const has = [assets.data?.some((asset) => asset.kind === "tender"), fields !== undefined, (review.data?.length ?? 0) > 0];
  const step = known ? has.findIndex((one) => !one) : -1;
  return (
    <>
      {step >= 0 ? <section className="panel"><h2>{t("nextStep")}</h2><Steps size="small" current={step} items={[{ title: t("stepUpload") }, { title: t("stepExtract") }, { title: t("stepReview") }, { title: t("stepRead") }]} /></section> : null}
      {review.data?.length ? <Bidders id={id} findings={review.data} /> : null}
      <div className="sides">
        <section className="panel">
          <h2>{t("keyFacts")}</h2>
          {fields ? (
            <dl className="facts">
              {KEY_FACTS.filter((key) => fields[key] && fields[key].status !== "not_found").map((key) => <FactLine key={key} name={label("fields", key)} places={spans(fields[key]!.evidence)}>{valueText(fields[key]!.value, language, label) || label("fieldStatus", fields[key]!.status)}</FactLine>)}
            </dl>
          ) : <p className="soft">{t("notExtracted")}</p>}
        </section>
        <Deadlines id={id} info={info.data} />
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

function FactLine({ name, places, children }: { name: string; places: Span[]; children: string }) {
  return <><dt>{name}</dt><dd><Sourced spans={places}>{children}</Sourced></dd></>;
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

/** Those by which something has to be done; the others are beginnings and appointments. */
const ENDS = ["doc_obtain_end", "clarification_deadline", "bid_bond_deadline", "bid_deadline"];

/** What is due when, and the same as a calendar. */
export function Deadlines({ id, info }: { id: string; info: ProjectInfo | null | undefined }) {
  const { t, language } = useWords();
  const { message } = App.useApp();
  const project = useProject(id);
  const save = () => saveReport(id, "ics", exportName(project.data?.name ?? "", "ics", language)).catch((error: Error) => message.error(error.message));
  return (
    <section className="panel">
      <div className="row"><h2>{t("deadlines")}</h2><span className="spring" />{info ? <Button id="calendar" size="small" icon={<CalendarOutlined />} onClick={save}>{t("calendar")}</Button> : null}</div>
      {info ? <Timeline info={info} /> : <p className="soft">{t("notExtracted")}</p>}
    </section>
  );
}

function Timeline({ info }: { info: ProjectInfo }) {
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
        const left = timeLeft(at, Date.now());
        const places = spans(field.evidence);
        const place = places[0];
        return (
          <li key={key} className={left ? "" : "past"}>
            <span>{label("fields", key)}</span>
            <span><Sourced spans={places}>{moment(String(field.value), language)}</Sourced>{place ? <span className="soft"> · {t(isDrawn(place.file) ? "page" : "pageApprox", { n: place.page })}</span> : null}</span>
            {left ? <span className={`badge ${ENDS.includes(key) ? left.tone : ""}`}>{t(left.word, { n: left.n })}</span> : <span className="soft">{t("past")}</span>}
          </li>
        );
      })}
    </ul>
  );
}
