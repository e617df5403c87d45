// What can go wrong, by consequence and severity.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Checkbox, Input, Pagination, Segmented } from "antd";
import { useState } from "react";

import { projectQueries } from "../api/queries";
import type { Risk, Severity } from "../api/types";
import { told } from "../compute/wording";
import { Badge } from "../parts/badge";
import { Laws } from "../parts/finding";
import { Loaded, Nothing } from "../parts/states";
import { Quotes } from "../parts/source";
import { useWords } from "../words";

const SEVERITIES: Severity[] = ["critical", "high", "medium", "low"];
const PAGE = 20;

export function Risks() {
  const { project: id } = useParams({ from: "/projects/$project" });
  const { t, label, language } = useWords();
  const risks = useQuery(projectQueries.risks(id));
  const [type, setType] = useState("");
  const [severities, setSeverities] = useState<Severity[]>(SEVERITIES);
  const [words, setWords] = useState("");
  const [page, setPage] = useState(1);
  return (
    <Loaded query={risks}>
      {(all) => {
        if (!all.length) return <Nothing>{t("notExtracted")}</Nothing>;
        const wanted = words.trim().toLowerCase();
        const shown = all
          .map((risk) => told(risk, language))
          .filter((risk) => (!type || risk.risk_type === type) && severities.includes(risk.severity) && (!wanted || `${risk.title} ${risk.description} ${risk.tags.map((tag) => label("riskTag", tag)).join(" ")} ${risk.rule_id}`.toLowerCase().includes(wanted)))
          .sort((a, b) => Number(b.risk_type === "mustReject") - Number(a.risk_type === "mustReject") || SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
        const count = (of: string) => all.filter((risk) => risk.risk_type === of).length;
        return (
          <>
            <div className="panel row" onChange={() => setPage(1)}>
              <Segmented value={type} onChange={(value) => { setType(value); setPage(1); }} options={[{ value: "", label: `${t("all")} ${all.length}` }, { value: "mustReject", label: `${label("riskType", "mustReject")} ${count("mustReject")}` }, { value: "other", label: `${label("riskType", "other")} ${count("other")}` }]} />
              <Checkbox.Group value={severities} onChange={setSeverities} options={SEVERITIES.map((value) => ({ value, label: label("severity", value) }))} />
              <Input.Search allowClear placeholder={t("search")} aria-label={t("search")} value={words} onChange={(event) => setWords(event.target.value)} style={{ maxWidth: 280 }} />
              <span className="soft">{t("count", { n: shown.length })}</span>
            </div>
            {shown.slice((page - 1) * PAGE, page * PAGE).map((risk) => <RiskCard key={risk.id} risk={risk} />)}
            <Pagination hideOnSinglePage current={page} pageSize={PAGE} total={shown.length} showSizeChanger={false} onChange={setPage} />
          </>
        );
      }}
    </Loaded>
  );
}

/** Words without blanks and quotes: English puts what it takes from the document in quotes. */
const bare = (text: string) => text.normalize("NFKC").replaceAll(/[\s“”‘’]/g, "");

function RiskCard({ risk }: { risk: Risk }) {
  const { t, label } = useWords();
  const quoted = risk.evidence_spans.some((span) => bare(span.quote).includes(bare(risk.description).slice(0, 20)));
  return (
    <article className={`panel finding ${risk.severity === "critical" || risk.severity === "high" ? "fail" : risk.severity === "medium" ? "risk" : ""}`}>
      <h3>{risk.risk_type === "mustReject" ? <Badge group="riskType" word="mustReject" /> : null}<Badge group="severity" word={risk.severity} /><span>{risk.title}</span></h3>
      <p className="soft">{[label("certainty", risk.certainty), ...risk.tags.map((tag) => label("riskTag", tag)), risk.rule_id].join(" · ")}</p>
      {risk.description && risk.description !== risk.title && !quoted ? <p>{risk.description}</p> : null}
      <Quotes spans={risk.evidence_spans} />
      {risk.suggestion ? <p><strong>{t("suggestion")}</strong>{risk.suggestion}</p> : null}
      <Laws basis={risk.legal_basis} />
    </article>
  );
}
