// The outline of the bid that the tender asks for.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { App, Button, Table } from "antd";

import { projectQueries, useStart } from "../api/queries";
import { type OutlineRow, nest } from "../compute/trees";
import { Loaded, Nothing } from "../parts/states";
import { useWords } from "../words";

export function Outline() {
  const { project: id } = useParams({ from: "/projects/$project" });
  const { t } = useWords();
  const { message } = App.useApp();
  const outline = useQuery(projectQueries.outline(id));
  const start = useStart(id);
  const generate = () => start.mutateAsync({ work: "outline" }).catch((error: Error) => message.error(error.message));
  return (
    <Loaded query={outline}>
      {(nodes) => (
        <>
          <div><Button onClick={generate} loading={start.isPending}>{t("generateOutline")}</Button></div>
          {nodes.length ? (
            <Table<OutlineRow> size="small" rowKey="id" className="panel" pagination={false} dataSource={nest(nodes)} expandable={{ defaultExpandAllRows: true }} scroll={{ x: 640 }} columns={[
              { title: t("outline"), render: (_, row) => <>{row.numbering} <strong>{row.title}</strong></> },
              { title: t("status"), width: 180, render: (_, row) => <>{row.required ? <span className="badge fail">{t("required")}</span> : <span className="badge">{t("optional")}</span>} {row.bodyMeta ? <span className="badge pass">{t("hasForm")}</span> : null}</> },
              { title: t("note"), width: "30%", render: (_, row) => row.notes },
            ]} />
          ) : <Nothing />}
        </>
      )}
    </Loaded>
  );
}
