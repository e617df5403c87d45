// What the tender says in two ways, and what to ask about it while one still may.
import { DownloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { App, Button } from "antd";

import { projectQueries, saveReport, useProject } from "../api/queries";
import { spans } from "../api/types";
import { colon, told } from "../compute/wording";
import { Loaded, Nothing } from "../parts/states";
import { Quotes } from "../parts/source";
import { exportName, valueText } from "../parts/value";
import { useWords } from "../words";

export function ClarificationsPage() {
  const { project: id } = useParams({ from: "/projects/$project" });
  const { t, label, language } = useWords();
  const { message } = App.useApp();
  const asked = useQuery(projectQueries.clarifications(id));
  const project = useProject(id);
  const letter = () => saveReport(id, "clarifications", exportName(project.data?.name ?? "", "clarifications", language)).catch((error: Error) => message.error(error.message));
  return (
    <Loaded query={asked}>
      {(all) => (
        <>
          <div className="row">
            <Button icon={<DownloadOutlined />} type="primary" disabled={!all.items.length} onClick={letter}>{t("letter")}</Button>
            {all.ask_by_law ? <span>{t("askByLaw")}{colon(language)}<strong>{valueText(all.ask_by_law.at, language, label)}</strong> <span className="soft">{language === "en" ? all.ask_by_law.reckoning_en : all.ask_by_law.reckoning}</span></span> : null}
            {all.ask_by?.status === "found" ? <span>{t("askBy")}{colon(language)}<strong>{valueText(all.ask_by.value, language, label)}</strong></span> : null}
          </div>
          {all.items.length ? all.items.map((item) => told(item, language)).map((one) => (
            <article key={one.id} className="panel finding risk">
              <h3>{one.title}<span className="soft">{one.rule_id}</span></h3>
              <p>{one.description}</p>
              <Quotes spans={spans(one.values.flatMap((value) => value.evidence))} limit={6} />
              {one.prevailing ? <><p>{t("prevails")}<strong>{one.prevailing}</strong></p><Quotes spans={spans(one.precedence)} /></> : null}
              <p><strong>{t("question")}{colon(language)}</strong>{one.question}</p>
            </article>
          )) : <Nothing>{t("noContradictions")}</Nothing>}
        </>
      )}
    </Loaded>
  );
}
