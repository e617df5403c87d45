// What addenda change in the tender: what was, what is, by which words.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";

import { projectQueries } from "../api/queries";
import type { Change } from "../api/types";
import { Rows } from "../parts/rows";
import { Quotes } from "../parts/source";
import { Loaded, Nothing } from "../parts/states";
import { useWords } from "../words";

export function Changes() {
  const { project: id } = useParams({ from: "/projects/$project" });
  const { t, label } = useWords();
  const changes = useQuery(projectQueries.changes(id));
  return (
    <Loaded query={changes}>
      {(all) => all.length ? (
        <Rows<Change> rowKey="id" dataSource={all} scroll={{ x: 820 }} columns={[
          { title: t("changed"), width: 190, render: (_, change) => <strong>{change.subject || change.fields.map((key) => label("fields", key)).join(" / ")}</strong> },
          { title: t("before"), width: "22%", render: (_, change) => change.before ? <s>{change.before}</s> : "–" },
          { title: t("after"), width: "22%", render: (_, change) => <strong>{change.after}</strong> },
          { title: t("source"), render: (_, change) => <Quotes spans={change.evidence_spans} limit={1} /> },
          { title: t("standsFor"), width: 150, render: (_, change) => change.fields.length || change.requirements.length ? <>{change.fields.map((key) => <div key={key}>{label("fields", key)}</div>)}{change.requirements.length ? <Link to="/projects/$project/requirements" params={{ project: id }}>{t("requirements")} {change.requirements.length}</Link> : null}</> : null },
        ]} />
      ) : <Nothing>{t("noChanges")}</Nothing>}
    </Loaded>
  );
}
