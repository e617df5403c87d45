// A finding with both sides' words, and what people decide about it.
import { SwapOutlined } from "@ant-design/icons";
import { App, Button, Input, Select, Space } from "antd";
import { useState } from "react";

import { useDecide } from "../api/queries";
import type { DecisionKind, Finding, LegalBasis, Span, Verdict } from "../api/types";
import { colon, demandOf, lawsOf, remarkOf } from "../compute/wording";
import { useWords } from "../words";
import { Badge } from "./badge";
import { Quotes, useSource } from "./source";
import { clock } from "./value";

export function FindingCard({ project, finding, decide = true }: { project: string; finding: Finding; decide?: boolean }) {
  const { t, label, language } = useWords();
  const open = useSource();
  const { tender_evidence_spans: tender, bid_evidence_spans: bid } = finding;
  return (
    <article className={`panel finding ${finding.result}`} data-finding={finding.id}>
      <h3><Badge group="verdict" word={finding.result} />{finding.rigid ? <span className="badge fail">{t("rigid")}</span> : null}<span>{remarkOf(finding, language) || demandOf(finding, language)}</span></h3>
      <p className="soft">{[finding.bidder_name, label("dimension", finding.dimension), finding.reason_code ? label("reason", finding.reason_code) : "", finding.rule_id].filter(Boolean).join(" · ")}
        {tender.length && bid.length ? <Button type="link" size="small" icon={<SwapOutlined />} onClick={() => open({ tender, bid })}>{t("sideBySide")}</Button> : null}
      </p>
      <div className="sides">
        <Side title={t("demands")} text={demandOf(finding, language)} spans={tender} others={bid} side="tender" />
        <Side title={t("answers")} text={finding.response_text} spans={bid} others={tender} side="bid" />
      </div>
      <Laws basis={finding.legal_basis} />
      {decide ? <DecisionRow project={project} finding={finding} /> : null}
    </article>
  );
}

const bare = (text: string) => text.normalize("NFKC").replaceAll(/\s/g, "");

function Side({ title, text, spans, others, side }: { title: string; text: string; spans: Span[]; others: Span[]; side: "tender" | "bid" }) {
  const { t } = useWords();
  const repeated = spans.some((span) => bare(span.quote).includes(bare(text)));
  return <div><h4>{title}</h4>{text && !repeated ? <p>{text}</p> : null}{spans.length ? <Quotes spans={spans} side={side} others={others} /> : !text ? <p className="soft">{t("noWords")}</p> : null}</div>;
}

export function Laws({ basis }: { basis: LegalBasis[] }) {
  const { t, language } = useWords();
  if (!basis?.length) return null;
  return <p className="soft">{t("law")}{colon(language)}{lawsOf(basis, language)}</p>;
}

/** What a person decided about a finding, or what there is to decide. */
export function DecisionRow({ project, finding }: { project: string; finding: Finding }) {
  const { t, label, language } = useWords();
  const { message } = App.useApp();
  const decide = useDecide(project);
  const [reason, setReason] = useState("");
  // What nobody has touched stays as it is, in both languages.
  const [remark, setRemark] = useState<string>();
  const [result, setResult] = useState<Verdict>(finding.result);
  const [editing, setEditing] = useState(false);
  const made = finding.decision;
  const act = async (decision: DecisionKind | null, rest: { reason?: string; remark?: string; result?: Verdict } = {}) => {
    try { await decide.mutateAsync({ finding, decision, ...rest }); setReason(""); setEditing(false); }
    catch (error) { message.error((error as Error).message); }
  };
  if (made) {
    return (
      <div className="row decision">
        <Badge group="decision" word={made.decision} />
        {made.result ? <Badge group="verdict" word={made.result} /> : null}
        <span className="soft">{[made.state === "current" ? "" : t("earlier"), made.remark, made.reason, made.decided_by, clock(made.decided_at, language)].filter(Boolean).join(" · ")}</span>
        <Button size="small" loading={decide.isPending} onClick={() => act(null)}>{t("undo")}</Button>
      </div>
    );
  }
  return (
    <div className="stack decision" style={{ gap: 8 }}>
      <Space wrap>
        <Button size="small" loading={decide.isPending} onClick={() => act("accepted")}>{t("accept")}</Button>
        <Button size="small" onClick={() => setEditing(!editing)} aria-expanded={editing}>{t("edit")}</Button>
        {editing ? null : <Space.Compact><Input size="small" placeholder={t("reason")} aria-label={t("reason")} value={reason} maxLength={2000} onChange={(event) => setReason(event.target.value)} style={{ width: 220 }} /><Button size="small" disabled={!reason.trim()} onClick={() => act("rejected", { reason })}>{t("reject")}</Button></Space.Compact>}
      </Space>
      {editing ? (
        <Space wrap>
          <Select size="small" value={result} aria-label={t("result")} onChange={setResult} style={{ width: 110 }} options={(["fail", "risk", "pass"] as const).map((value) => ({ value, label: label("verdict", value) }))} />
          <Input size="small" aria-label={t("note")} value={remark ?? remarkOf(finding, language)} onChange={(event) => setRemark(event.target.value)} style={{ width: 360, maxWidth: "100%" }} />
          <Input size="small" placeholder={t("reason")} aria-label={t("reason")} value={reason} maxLength={2000} onChange={(event) => setReason(event.target.value)} style={{ width: 220 }} />
          <Button size="small" type="primary" disabled={!reason.trim()} onClick={() => act("edited", { reason, remark, result })}>{t("save")}</Button>
          {reason.trim() ? null : <span className="soft">{t("reasonFirst")}</span>}
        </Space>
      ) : null}
    </div>
  );
}
