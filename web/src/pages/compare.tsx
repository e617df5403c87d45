// Two reviews of the same bids: what is new, what is gone, what has changed.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Select } from "antd";
import { useState } from "react";

import { ApiError } from "../api/client";
import { projectQueries } from "../api/queries";
import { remarkOf } from "../compute/wording";
import { Badge } from "../parts/badge";
import { FindingCard } from "../parts/finding";
import { Loaded, Nothing } from "../parts/states";
import { clock } from "../parts/value";
import { useWords } from "../words";

export function Compare() {
  const { project: id } = useParams({ from: "/projects/$project" });
  const { t, language } = useWords();
  const [from, setFrom] = useState<string>();
  const [to, setTo] = useState<string>();
  const comparison = useQuery(projectQueries.comparison(id, from, to));
  // Fewer than two reviews: nothing is wrong, there is only nothing to compare.
  if (comparison.error instanceof ApiError && (comparison.error.status === 409 || comparison.error.status === 404)) return <Nothing>{t("needTwoRuns")}</Nothing>;
  return (
    <Loaded query={comparison}>
      {(compared) => {
        const options = compared.runs.map((run) => ({ value: run.run_id, label: clock(run.reviewed_at, language, "medium") }));
        return (
          <>
            <div className="panel row">
              <label>{t("earlierRun")} <Select value={compared.from} options={options} onChange={setFrom} style={{ minWidth: 200 }} aria-label={t("earlierRun")} /></label>
              <label>{t("laterRun")} <Select value={compared.to} options={options} onChange={setTo} style={{ minWidth: 200 }} aria-label={t("laterRun")} /></label>
            </div>
            {compared.bidders.map((bidder) => (
              <section key={bidder.bidder_name} className="stack">
                <div className="row"><h2>{bidder.bidder_name}</h2><span className="badge fail">{t("newOnes")} {bidder.new.length}</span><span className="badge pass">{t("gone")} {bidder.gone.length}</span><span className="badge risk">{t("changed")} {bidder.changed.length}</span><span className="soft">{t("unchanged", { n: bidder.unchanged })}</span></div>
                {bidder.new.map((finding) => <div key={finding.id}><strong>{t("newOnes")}</strong><FindingCard project={id} finding={finding} decide={false} /></div>)}
                {bidder.gone.map((finding) => <div key={finding.id}><strong>{t("gone")}</strong><FindingCard project={id} finding={finding} decide={false} /></div>)}
                {bidder.changed.map((change) => <div key={change.finding_id}><p><strong>{t("changed")}</strong> {t("before")} <Badge group="verdict" word={change.before.result} /> {remarkOf(change.before, language)} → {t("after")} <Badge group="verdict" word={change.after.result} /></p><FindingCard project={id} finding={change.after} decide={false} /></div>)}
              </section>
            ))}
          </>
        );
      }}
    </Loaded>
  );
}
