// The outline of the bid that the tender asks for.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { App, Button } from "antd";

import { projectQueries, useStart } from "../api/queries";
import { type OutlineRow, nest } from "../compute/trees";
import { Rows } from "../parts/rows";
import { usePassage } from "../parts/source";
import { Loaded, Nothing } from "../parts/states";
import { useWords } from "../words";

export function Outline() {
  const { project: id } = useParams({ from: "/projects/$project" });
  const { t } = useWords();
  const { message } = App.useApp();
  const outline = useQuery(projectQueries.outline(id));
  const start = useStart(id);
  const show = usePassage(id);
  const generate = () => start.mutateAsync({ work: "outline" }).catch((error: Error) => message.error(error.message));
  return (
    <Loaded query={outline}>
      {(nodes) => (
        <>
          <div><Button onClick={generate} loading={start.isPending}>{t("generateOutline")}</Button></div>
          {nodes.length ? (
            <Rows<OutlineRow> rowKey="id" dataSource={nest(nodes)} expandable={{ defaultExpandAllRows: true }} scroll={{ x: 640 }} columns={[
              { title: t("outline"), render: (_, row) => <>{row.numbering} <strong>{row.title}</strong></> },
              { title: t("status"), width: 180, render: (_, row) => <>{row.required ? <span className="badge fail">{t("required")}</span> : <span className="badge">{t("optional")}</span>} {row.bodyMeta ? <span className="badge pass">{t("hasForm")}</span> : null}</> },
              { title: t("note"), width: "30%", render: (_, row) => row.notes || null },
              { title: t("source"), width: 100, render: (_, row) => row.evidence_chunk_ids?.length ? <Button size="small" type="link" onClick={() => show(row.evidence_chunk_ids![0]!, [row.title])}>{t("showSource")}</Button> : null },
            ]} />
          ) : <Nothing />}
        </>
      )}
    </Loaded>
  );
}
