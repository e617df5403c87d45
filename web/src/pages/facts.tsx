// What the tender says of itself, field by field, with where it says so.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Input } from "antd";
import { useState } from "react";

import { projectQueries } from "../api/queries";
import { type Field, spans } from "../api/types";
import { colon } from "../compute/wording";
import { Badge } from "../parts/badge";
import { Rows } from "../parts/rows";
import { Quotes } from "../parts/source";
import { Loaded, Nothing } from "../parts/states";
import { valueText } from "../parts/value";
import { useWords } from "../words";
import { FIELD_ORDER } from "../words/labels";
import { Deadlines } from "./overview";

export function Facts() {
  const { project: id } = useParams({ from: "/projects/$project" });
  const { t, label, language } = useWords();
  const info = useQuery(projectQueries.info(id));
  const [words, setWords] = useState("");
  return (
    <Loaded query={info}>
      {(read) => {
        if (!read) return <Nothing>{t("notExtracted")}</Nothing>;
        const place = (key: string) => { const at = FIELD_ORDER.indexOf(key); return at < 0 ? FIELD_ORDER.length : at; };
        const rows = Object.entries(read.data_json.fields).map(([key, field]) => ({ key, field })).sort((a, b) => place(a.key) - place(b.key));
        const missing = rows.filter((row) => row.field.status === "not_found");
        const wanted = words.trim().toLowerCase();
        const shown = rows.filter((row) => row.field.status !== "not_found" && (!wanted || `${label("fields", row.key)} ${JSON.stringify(row.field.value)} ${row.field.raw}`.toLowerCase().includes(wanted)));
        return (
          <>
            <Deadlines id={id} info={read} />
            <Input.Search allowClear placeholder={t("search")} aria-label={t("search")} value={words} onChange={(event) => setWords(event.target.value)} style={{ maxWidth: 360 }} />
            <Rows<{ key: string; field: Field }> dataSource={shown} scroll={{ x: 800 }} columns={[
              { title: t("field"), width: 170, render: (_, row) => <strong>{label("fields", row.key)}</strong> },
              { title: t("value"), width: "32%", render: (_, row) => valueText(row.field.value, language, label) || row.field.raw },
              { title: t("status"), width: 120, render: (_, row) => <><Badge group="fieldStatus" word={row.field.status} /><div className="soft">{t("confidence")} {Math.round(row.field.confidence * 100)}%</div></> },
              { title: t("source"), render: (_, row) => <Quotes spans={spans(row.field.evidence)} limit={2} /> },
            ]} />
            {missing.length ? <p className="soft">{t("notFoundFields")}{colon(language)}{missing.map((row) => label("fields", row.key)).join(language === "en" ? ", " : "、")}</p> : null}
          </>
        );
      }}
    </Loaded>
  );
}
