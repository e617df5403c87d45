// A file from its first page to its last: pages or words, sections, small pages, and search in it or in all files.
import { MinusOutlined, PlusOutlined, UnorderedListOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Button, Input, InputNumber, Select, Tabs } from "antd";
import { useCallback, useEffect, useMemo, useState } from "react";

import { projectQueries } from "../api/queries";
import type { Asset, SearchHit } from "../api/types";
import { partsOf } from "../compute/ranges";
import { sectionsOf } from "../compute/trees";
import { Leaves, Thumb, isDrawn } from "../parts/leaves";
import { useNarrow } from "../parts/narrow";
import { usePlaces } from "../parts/places";
import { Loaded, Nothing } from "../parts/states";
import { DocumentText } from "../parts/text";
import { useWords } from "../words";

export function Documents() {
  const { project: id } = useParams({ from: "/projects/$project" });
  const search = useSearch({ from: "/projects/$project/documents" });
  const navigate = useNavigate();
  const { t, label } = useWords();
  const assets = useQuery(projectQueries.assets(id));
  const go = useCallback((part: Partial<typeof search>) => void navigate({ to: "/projects/$project/documents", params: { project: id }, search: (old) => ({ ...old as typeof search, ...part }), replace: true }), [id, navigate]);
  return (
    <Loaded query={assets}>
      {(all) => {
        const readable = all.filter((asset) => asset.status === "ready" && asset.kind !== "custom_rule");
        const asset = readable.find((one) => one.id === search.asset) ?? readable[0];
        if (!asset) return <Nothing />;
        return (
          <>
            <Select value={asset.id} aria-label={t("files")} style={{ maxWidth: 520, width: "100%" }} onChange={(chosen) => go({ asset: chosen, page: 1, chunk: undefined, quote: undefined })} options={readable.map((one) => ({ value: one.id, label: `${label("asset", one.kind)} · ${one.filename}${one.bidder_name ? ` · ${one.bidder_name}` : ""}` }))} />
            <Viewer key={asset.id} project={id} asset={asset} assets={readable} search={search} go={go} />
          </>
        );
      }}
    </Loaded>
  );
}

interface Place { asset?: string; page?: number; chunk?: string; quote?: string; q?: string }

function Viewer({ project, asset, assets, search, go: goOn }: { project: string; asset: Asset; assets: Asset[]; search: Place; go: (part: Place) => void }) {
  const { t } = useWords();
  const segments = useQuery(projectQueries.segments(project, asset.id));
  // Where there is no room beside the page, what leads to its places covers them only as long as it is asked for.
  const narrow = useNarrow("small");
  const [leading, setLeading] = useState(false);
  const go = useCallback((part: Place) => { if (part.page) setLeading(false); goOn(part); }, [goOn]);
  const [zoom, setZoom] = useState(1);
  const [here, setHere] = useState(search.page ?? 1);
  const [everywhere, setEverywhere] = useState(true);
  const drawn = isDrawn(asset.filename);
  const pages = asset.pages ?? search.page ?? 1;
  const { page = 1, chunk = "", quote = "" } = search;
  const boxes = usePlaces(project, drawn ? { asset: asset.id, page, chunk, quote } : null);
  const focus = useMemo(() => ({ page, boxes, label: quote }), [page, boxes, quote]);
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "+" || event.key === "=") setZoom((old) => Math.min(2.5, old + 0.25));
      else if (event.key === "-") setZoom((old) => Math.max(1, old - 0.25));
      // With Shift, arrows change what is selected.
      else if ((event.key === "ArrowRight" && !event.shiftKey) || event.key === "n") go({ page: Math.min(pages, here + 1), chunk: undefined, quote: undefined });
      else if ((event.key === "ArrowLeft" && !event.shiftKey) || event.key === "p") go({ page: Math.max(1, here - 1), chunk: undefined, quote: undefined });
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, [go, here, pages]);
  const hits = useQuery({ ...projectQueries.search(project, search.q ?? "", everywhere ? undefined : asset.id), enabled: search.q !== undefined });
  const found = useMemo(() => search.q ? foundWords(search.q, hits.data ?? []) : [], [search.q, hits.data]);
  const sections = useMemo(() => sectionsOf(segments.data ?? []), [segments.data]);
  return (
    <div className="viewer">
      {narrow ? <Button icon={<UnorderedListOutlined />} aria-expanded={leading} onClick={() => setLeading(!leading)}>{t("sectionsAndSearch")}</Button> : null}
      {narrow && !leading ? null : <aside>
        <Input.Search allowClear defaultValue={search.q ?? ""} placeholder={t(everywhere ? "searchProject" : "searchDocument")} aria-label={t("search")} onSearch={(q) => go({ q: q || undefined })} />
        <label className="soft"><input type="checkbox" checked={!everywhere} onChange={(event) => setEverywhere(!event.target.checked)} /> {t("searchDocument")}</label>
        {search.q ? <Hits project={project} assets={assets} q={search.q} asset={everywhere ? undefined : asset.id} go={go} /> : (
          <Tabs size="small" style={{ minHeight: 0, flex: 1, overflow: "auto" }} items={[
            { key: "sections", label: t("sections"), children: sections.length ? sections.map((section) => <button key={section.path} type="button" className={section.page === here ? "link here" : "link"} style={{ paddingLeft: 6 + 14 * section.depth }} onClick={() => go({ page: section.page, chunk: undefined, quote: undefined })}>{section.title} <span className="soft">{section.page}</span></button>) : <Nothing /> },
            ...(drawn ? [{ key: "pages", label: t("thumbnails"), children: <div className="thumbs">{Array.from({ length: pages }, (_, index) => <Thumb key={index} project={project} asset={asset.id} page={index + 1} here={index + 1 === here} onOpen={() => go({ page: index + 1, chunk: undefined, quote: undefined })} />)}</div> }] : []),
          ]} />
        )}
      </aside>}
      <section className="pane" aria-label={asset.filename}>
        <header>
          {drawn ? (
            <>
              <InputNumber size="small" min={1} max={pages} value={here} aria-label={t("page", { n: here })} onPressEnter={(event) => go({ page: Number(event.currentTarget.value) || 1, chunk: undefined, quote: undefined })} />
              <span className="soft">{t("pages", { n: pages })}</span>
              <span className="spring" />
              <Button size="small" icon={<MinusOutlined />} aria-label={t("zoomOut")} disabled={zoom <= 1} onClick={() => setZoom(zoom - 0.25)} />
              <Button size="small" icon={<PlusOutlined />} aria-label={t("zoomIn")} disabled={zoom >= 2.5} onClick={() => setZoom(zoom + 0.25)} />
            </>
          ) : null}
        </header>
        {drawn
          ? <Leaves project={project} asset={asset.id} pages={pages} focus={focus} found={found} zoom={zoom} onPage={setHere} />
          : <Loaded query={segments}>{(all) => <DocumentText segments={all} chunk={search.chunk} quote={search.quote} page={search.page} />}</Loaded>}
      </section>
    </div>
  );
}

function Hits({ project, assets, q, asset, go }: { project: string; assets: Asset[]; q: string; asset?: string; go: (part: Place) => void }) {
  const { t } = useWords();
  const hits = useQuery(projectQueries.search(project, q, asset));
  return (
    <div className="list">
      <Loaded query={hits}>
        {(found) => found.length ? (
          <>
            <p className="soft">{t("hits", { n: found.length })}</p>
            {found.map((hit) => {
              const { snippet } = hit;
              return (
                <button key={hit.chunk_id} type="button" className="link" onClick={() => go({ asset: hit.asset_id, page: snippet.page, chunk: hit.chunk_id, quote: snippet.text })}>
                  <Highlighted text={snippet.text} ranges={snippet.highlights} />
                  <span className="soft"> {assets.find((one) => one.id === hit.asset_id)?.filename} · {snippet.page}</span>
                </button>
              );
            })}
          </>
        ) : <Nothing>{t("noHits")}</Nothing>}
      </Loaded>
    </div>
  );
}

/** What is marked on the pages: what was asked for as it was typed, and the words by which the server found it. */
function foundWords(q: string, hits: SearchHit[]) {
  const words = hits.flatMap(({ snippet }) => partsOf(snippet.text, snippet.highlights).filter((part) => part.marked).map((part) => part.text));
  return [...new Set([q, ...words])].filter((word) => word === q || word.trim().length > 1);
}

function Highlighted({ text, ranges }: { text: string; ranges: { start: number; end: number }[] }) {
  return <>{partsOf(text, ranges).map((part, index) => part.marked ? <mark key={index}>{part.text}</mark> : part.text)}</>;
}
