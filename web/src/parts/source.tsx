// One click from a claim to the words that prove it: quotes, and the drawer that shows them where they stand, the
// tender and the bid side by side.
import { ExpandOutlined, MinusOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, Button, Drawer, Segmented } from "antd";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";

import { chunkQuery, lookUp, projectQueries } from "../api/queries";
import type { Span } from "../api/types";
import { spanNames } from "../compute/spans";
import { useWords } from "../words";
import { Leaves, isDrawn } from "./leaves";
import { usePlaces } from "./places";
import { Loaded } from "./states";
import { DocumentText } from "./text";

/** Words in two panes; `titles` say whose, where they are not the tender's and a bid's. */
interface Shown { tender: Span[]; bid: Span[]; first?: Span; titles?: readonly [string, string] }

const Open = createContext<(shown: Shown) => void>(() => undefined);
export const useSource = () => useContext(Open);

export function SourceProvider({ project, children }: { project: string; children: ReactNode }) {
  const { t } = useWords();
  const [shown, setShown] = useState<Shown | null>(null);
  const open = useCallback((what: Shown) => setShown(what), []);
  const both = shown !== null && shown.tender.length > 0 && shown.bid.length > 0;
  return (
    <Open.Provider value={open}>
      {children}
      <Drawer open={shown !== null} onClose={() => setShown(null)} size={both ? "94vw" : "min(1000px, 96vw)"} title={t(both ? "sideBySide" : "showSource")} destroyOnHidden styles={{ body: { padding: 14 } }} rootClassName="source">
        {shown ? (
          <div className="panes">
            {shown.tender.length ? <Pane project={project} title={both ? shown.titles?.[0] ?? t("sourceTender") : ""} spans={shown.tender} first={shown.first} close={() => setShown(null)} /> : null}
            {shown.bid.length ? <Pane project={project} title={both ? shown.titles?.[1] ?? t("sourceBid") : ""} spans={shown.bid} first={shown.first} close={() => setShown(null)} /> : null}
          </div>
        ) : null}
      </Drawer>
    </Open.Provider>
  );
}

function Pane({ project, title, spans, first, close }: { project: string; title: string; spans: Span[]; first?: Span; close: () => void }) {
  const { t } = useWords();
  const [chosen, setChosen] = useState(Math.max(0, first ? spans.indexOf(first) : 0));
  const [zoom, setZoom] = useState(1);
  const span = spans[chosen] ?? spans[0]!;
  const chunk = useQuery(chunkQuery(span.chunk_id));
  const asset = chunk.data?.[0]?.asset_id;
  const files = useQuery(projectQueries.assets(project));
  const drawn = isDrawn(span.file);
  const placed = usePlaces(project, drawn && asset && !span.boxes.length ? { asset, page: span.page, chunk: span.chunk_id, quote: span.quote } : null);
  const focus = useMemo(() => ({ page: span.page, boxes: span.boxes.length ? span.boxes : placed, label: span.quote }), [span, placed]);
  const pages = files.data?.find((file) => file.id === asset)?.pages ?? span.page;
  // Drawn pages need no more of a long document than the page that is open.
  const segments = useQuery({ ...projectQueries.segments(project, asset ?? ""), enabled: asset !== undefined && !drawn });
  return (
    <section className="pane" aria-label={title || span.file}>
      <header>
        {title ? <span className="soft">{title}</span> : null}
        <h3 title={span.file}>{span.file} · {t(drawn ? "page" : "pageApprox", { n: span.page })}</h3>
        <span className="spring" />
        {drawn ? <><Button size="small" icon={<MinusOutlined />} aria-label={t("zoomOut")} disabled={zoom <= 1} onClick={() => setZoom(Math.max(1, zoom - 0.25))} /><Button size="small" icon={<PlusOutlined />} aria-label={t("zoomIn")} disabled={zoom >= 2.5} onClick={() => setZoom(zoom + 0.25)} /></> : null}
        {asset ? <Link to="/projects/$project/documents" params={{ project }} search={{ asset, page: span.page, chunk: span.chunk_id, quote: span.quote }} onClick={close} aria-label={t("openDocument")} title={t("openDocument")}><ExpandOutlined /></Link> : null}
      </header>
      {spans.length > 1 ? <Segmented size="small" value={chosen} onChange={setChosen} options={spanNames(spans).map(({ page, words }, index) => ({ value: index, title: spans[index]!.quote, label: [t(drawn ? "page" : "pageApprox", { n: page }), words].filter(Boolean).join(" · ") }))} style={{ alignSelf: "flex-start", maxWidth: "100%", overflow: "auto" }} /> : null}
      <Loaded query={chunk}>
        {() => drawn && asset
          ? <Leaves key={asset} project={project} asset={asset} pages={pages} focus={focus} zoom={zoom} />
          : <Loaded query={segments}>{(all) => <DocumentText segments={all} chunk={span.chunk_id} quote={span.quote} hint />}</Loaded>}
      </Loaded>
    </section>
  );
}

/** What was read, which opens the words that it was read from. */
export function Sourced({ spans, children }: { spans: Span[]; children: ReactNode }) {
  const { t } = useWords();
  const open = useSource();
  if (!spans.length) return children;
  return <button type="button" className="sourced" title={t("showSource")} onClick={() => open({ tender: spans, bid: [] })}>{children}</button>;
}

/** Opens a passage of the tender at the first of some words that stands in it. */
export function usePassage(project: string) {
  const { message } = App.useApp();
  const assets = useQuery(projectQueries.assets(project));
  const open = useSource();
  return async (chunk_id: string, words: string[]) => {
    try {
      const [chunk] = await lookUp([chunk_id]);
      if (!chunk) return;
      const quote = words.find((one) => one && chunk.content.includes(one)) ?? chunk.content.slice(0, 60);
      const file = assets.data?.find((asset) => asset.id === chunk.asset_id)?.filename ?? "";
      open({ tender: [{ chunk_id, file, page: chunk.page, quote, boxes: [] }], bid: [] });
    } catch (error) { message.error((error as Error).message); }
  };
}

/** Quotes with their places. Each opens the place; `others` are shown beside it. */
export function Quotes({ spans, side = "tender", others = [], titles, limit = 3 }: { spans: Span[]; side?: "tender" | "bid"; others?: Span[]; titles?: readonly [string, string]; limit?: number }) {
  const { t } = useWords();
  const open = useSource();
  const [all, setAll] = useState(false);
  const shown = all ? spans : spans.slice(0, limit);
  return (
    <>
      {shown.map((span, index) => (
        <button key={index} type="button" className="quote" title={t("showSource")} onClick={() => open(side === "tender" ? { tender: spans, bid: others, first: span, titles } : { tender: others, bid: spans, first: span, titles })}>
          {span.quote}
          <cite>{span.file} · {t(isDrawn(span.file) ? "page" : "pageApprox", { n: span.page })}</cite>
        </button>
      ))}
      {spans.length > shown.length ? <Button type="link" size="small" onClick={() => setAll(true)}>+{spans.length - shown.length}</Button> : null}
    </>
  );
}
