// What bids have in common that they should not: clues, never verdicts, for those who may see them.
import { SwapOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Alert, Button } from "antd";

import { projectQueries } from "../api/queries";
import type { Clue, ClueSide } from "../api/types";
import { colon, reasonsOf, summaryOf } from "../compute/wording";
import { Badge } from "../parts/badge";
import { Laws } from "../parts/finding";
import { Quotes, useSource } from "../parts/source";
import { Loaded, Nothing } from "../parts/states";
import { useWords } from "../words";

const LEVELS = ["candidate", "lead"] as const;

export function Clues() {
  const { project: id } = useParams({ from: "/projects/$project" });
  const { t, label } = useWords();
  const clues = useQuery(projectQueries.clues(id));
  return (
    <Loaded query={clues}>
      {(all) => (
        <>
          <Alert type="info" showIcon title={t("cluesHint")} />
          {all.length ? null : <Nothing>{t("noClues")}</Nothing>}
          {LEVELS.map((level) => [level, all.filter((clue) => clue.level === level)] as const).filter(([, some]) => some.length).map(([level, some]) => (
            <section key={level} className="stack">
              <h2>{label("clueLevel", level)} <span className="badge">{some.length}</span></h2>
              {some.map((clue) => <ClueCard key={clue.id} clue={clue} />)}
            </section>
          ))}
        </>
      )}
    </Loaded>
  );
}

function ClueCard({ clue }: { clue: Clue }) {
  const { t, language } = useWords();
  const open = useSource();
  const [left, right] = clue.sides as [ClueSide, ClueSide];
  const both = left.evidence_spans.length > 0 && right.evidence_spans.length > 0;
  const titles = [left.bidder_name, right.bidder_name] as const;
  return (
    <article className={`panel finding ${clue.level === "candidate" ? "risk" : ""}`} data-clue={clue.id}>
      <h3><Badge group="clueKind" word={clue.kind} /><span>{summaryOf(clue, language)}</span></h3>
      <p className="soft">{[clue.rule_id, clue.more ? t("moreClues", { n: clue.more }) : ""].filter(Boolean).join(" · ")}
        {both ? <Button type="link" size="small" icon={<SwapOutlined />} onClick={() => open({ tender: left.evidence_spans, bid: right.evidence_spans, titles })}>{t("sideBySide")}</Button> : null}
      </p>
      <div className="sides">{clue.sides.map((side) => <Side key={side.bidder_name} side={side} other={side === left ? right : left} first={side === left} />)}</div>
      <h4>{t("innocent")}</h4>
      <ul className="soft">{reasonsOf(clue, language).map((reason) => <li key={reason}>{reason}</li>)}</ul>
      <Laws basis={clue.legal_basis} />
    </article>
  );
}

/** What one bidder's files show; its quotes open beside those of another. */
function Side({ side, other, first }: { side: ClueSide; other: ClueSide; first: boolean }) {
  const { language } = useWords();
  const titles = first ? [side.bidder_name, other.bidder_name] as const : [other.bidder_name, side.bidder_name] as const;
  return (
    <div>
      <h4>{side.bidder_name}</h4>
      <Quotes spans={side.evidence_spans} side={first ? "tender" : "bid"} others={other.evidence_spans} titles={titles} />
      {side.traits.map((one, index) => <p key={index}>{(language === "en" ? one.name_en : one.name) + colon(language)}<code>{one.value}</code> <cite className="soft"><PlaceOf file={one.file} page={one.page} /></cite></p>)}
    </div>
  );
}

function PlaceOf({ file, page }: { file: string; page?: number | null }) {
  const { t } = useWords();
  return <>{file}{page ? ` · ${t("page", { n: page })}` : ""}</>;
}
