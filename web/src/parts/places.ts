// Where a quote stands on a page that is drawn, when only its passage is known.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { chunkQuery, pageText } from "../api/queries";
import type { Box } from "../api/types";
import { quotePlaces } from "../compute/lines";

interface Quoted { asset: string; page: number; chunk: string; quote: string }

const NOWHERE: Box[] = [];

/** Nowhere as long as it is not known; of a quote whose letters are not on the page, the whole passage is shown. */
export function usePlaces(project: string, quoted: Quoted | null): Box[] {
  const { asset = "", page = 1, chunk = "", quote = "" } = quoted ?? {};
  const enabled = asset !== "" && chunk !== "" && quote !== "";
  const passage = useQuery({ ...chunkQuery(chunk), enabled }).data?.[0];
  const words = useQuery({ ...pageText(project, asset, page), enabled }).data;
  return useMemo(() => {
    if (!enabled || !passage || !words) return NOWHERE;
    const within = passage.boxes.filter((box) => box.page === page);
    const places = quotePlaces(words, within, quote);
    return places.length ? places.map((place) => ({ page, ...place })) : within;
  }, [enabled, passage, words, page, quote]);
}
