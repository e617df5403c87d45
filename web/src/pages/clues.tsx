// What two bids have in common that they should not: clues, never verdicts.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Alert } from "antd";

import { projectQueries } from "../api/queries";
import { FindingCard } from "../parts/finding";
import { Loaded, Nothing } from "../parts/states";
import { useWords } from "../words";

export function Clues() {
  const { project: id } = useParams({ from: "/projects/$project" });
  const { t } = useWords();
  const review = useQuery(projectQueries.review(id));
  return (
    <Loaded query={review}>
      {(all) => {
        const clues = all.filter((finding) => finding.source === "cross_bid" && finding.result !== "pass");
        return <><Alert type="info" showIcon title={t("cluesHint")} />{clues.length ? clues.map((finding) => <FindingCard key={finding.id + finding.bidder_name} project={id} finding={finding} />) : <Nothing>{t("noClues")}</Nothing>}</>;
      }}
    </Loaded>
  );
}
