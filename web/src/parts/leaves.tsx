// The pages of a file as the server draws them, one below the other, with words marked by the boxes of the reader that
// found them: the picture, the boxes and the words above it come from the same reading, so that they cannot disagree.
import { useQuery } from "@tanstack/react-query";
import { type ClipboardEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";

import { pageImage, pageText } from "../api/queries";
import type { Box } from "../api/types";
import { type Rect, placesOf } from "../compute/lines";
import { useWords } from "../words";
import { PageWords } from "./page-words";

/** Files whose pages the server draws. */
export const isDrawn = (filename: string) => /\.(pdf|png|jpe?g|tiff?|bmp|gif|webp)$/i.test(filename);

const SHEET_DPI = 120;
const CLOSE_DPI = 200;
const A4 = 1.414;
/** Pictures of one page differ by no more, whatever their size: they end at whole dots. */
const SAME_SHAPE = 0.005;
/** A page of more is scattered letters, which are no lines to select. */
const LINES_MAX = 3000;

interface Focus { page: number; boxes: Box[]; label: string }

const NONE: string[] = [];

/** `found` are words that are marked wherever they stand. */
export function Leaves({ project, asset, pages, focus, found = NONE, zoom = 1, onPage }: { project: string; asset: string; pages: number; focus: Focus; found?: string[]; zoom?: number; onPage?: (page: number) => void }) {
  const sheet = useRef<HTMLDivElement>(null);
  const [shapes, setShapes] = useState<ReadonlyMap<number, number>>(new Map());
  const usual = shapes.get(focus.page) ?? A4;
  const [near, setNear] = useState<ReadonlySet<number>>(() => new Set([focus.page]));
  const count = Math.max(pages, focus.page);
  const wanted = useRef(true);

  /** Brings the marked words, or the top of their page, into sight. */
  const goThere = () => {
    const leaf = sheet.current?.querySelector<HTMLElement>(`[data-page="${focus.page}"]`);
    if (!leaf || !sheet.current || !wanted.current) return;
    const first = focus.boxes.find((box) => box.page === focus.page);
    const above = first ? first.y0 * leaf.offsetHeight - sheet.current.clientHeight / 3 : -10;
    sheet.current.scrollTop = leaf.offsetTop + above;
  };

  useLayoutEffect(() => { wanted.current = true; goThere(); }, [focus, zoom, count]);
  useLayoutEffect(goThere, [shapes]);
  const takeShape = useCallback((page: number, ratio: number) => setShapes((old) => Math.abs((old.get(page) ?? 0) - ratio) < SAME_SHAPE ? old : new Map(old).set(page, ratio)), []);
  const moved = () => { wanted.current = false; };

  useEffect(() => {
    const root = sheet.current;
    if (!root) return;
    const seen = new Set<number>();
    const watcher = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        const page = Number((entry.target as HTMLElement).dataset.page);
        if (entry.isIntersecting) seen.add(page); else seen.delete(page);
      }
      setNear(new Set([...seen, focus.page, ...selectedPages(root)]));
    }, { root, rootMargin: "30% 0%" });
    // The page that is read is the one below the line where marked words are brought to.
    const reader = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) onPage?.(Number((entry.target as HTMLElement).dataset.page));
    }, { root, rootMargin: "-33% 0% -66%" });
    for (const leaf of root.querySelectorAll(".leaf")) { watcher.observe(leaf); reader.observe(leaf); }
    return () => { watcher.disconnect(); reader.disconnect(); };
  }, [count, asset, focus.page, onPage]);

  return (
    <div className="sheet" ref={sheet} tabIndex={0} onWheel={moved} onKeyDown={moved} onPointerDown={moved} onCopy={copyPlain}>
      {Array.from({ length: count }, (_, index) => index + 1).map((page) => (
        <div key={page} className="leaf" data-page={page} style={{ width: `${Math.round(96 * zoom)}%`, aspectRatio: `1 / ${shapes.get(page) ?? usual}` }}>
          {near.has(page) ? <Leaf project={project} asset={asset} page={page} dpi={zoom > 1.3 ? CLOSE_DPI : SHEET_DPI} focus={page === focus.page ? focus : undefined} found={found} onShape={takeShape} /> : null}
        </div>
      ))}
    </div>
  );
}

/** Pages that a selection runs over: they stay while it does, however far it is scrolled. */
function selectedPages(sheet: HTMLElement): number[] {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !sheet.contains(selection.anchorNode) || !sheet.contains(selection.focusNode)) return [];
  return [...sheet.querySelectorAll<HTMLElement>(".leaf")].filter((leaf) => selection.containsNode(leaf, true)).map((leaf) => Number(leaf.dataset.page));
}

/** The selected words alone: their look is that of the layer above the picture, which is not to be seen. */
function copyPlain(event: ClipboardEvent) {
  const words = getSelection()?.toString();
  if (!words) return;
  event.clipboardData.setData("text/plain", words);
  event.preventDefault();
}

function Leaf({ project, asset, page, dpi, focus, found, onShape }: { project: string; asset: string; page: number; dpi: number; focus?: Focus; found: string[]; onShape: (page: number, ratio: number) => void }) {
  const { t } = useWords();
  // A page stays in sight, and what is selected on it, until it is drawn in another size.
  const picture = useQuery({ ...pageImage(project, asset, page, dpi), placeholderData: (before: ImageBitmap | undefined, earlier?: { queryKey: readonly unknown[] }) => earlier?.queryKey[1] === asset && earlier.queryKey[2] === page ? before : undefined });
  const words = useQuery(pageText(project, asset, page));
  const canvas = useDrawn(picture.data);
  const places = useMemo(() => found.length ? placesOf(words.data ?? [], found) : [], [words.data, found]);
  useLayoutEffect(() => {
    if (picture.data) onShape(page, picture.data.height / picture.data.width);
  }, [picture.data, page, onShape]);
  if (picture.error) return <p className="soft" style={{ padding: 12 }}>{picture.error.message}</p>;
  const boxes = focus?.boxes.filter((box) => box.page === page) ?? [];
  const label = focus?.label || t("page", { n: page });
  // Where there are words to read, the picture of them says nothing more.
  const readable = picture.data && words.data?.length && words.data.length <= LINES_MAX ? words.data : undefined;
  return (
    <>
      <canvas ref={canvas} {...readable ? { "aria-hidden": true } : { role: "img", "aria-label": label }} data-ready={picture.data ? "yes" : undefined} />
      {picture.data ? boxes.map((box, index) => <span key={index} className="box" style={styleOf(box)} />) : null}
      {picture.data ? places.map((place, index) => <span key={index} className="found" style={styleOf(place)} />) : null}
      {readable && picture.data ? <PageWords lines={readable} shape={picture.data.height / picture.data.width} label={label} /> : null}
    </>
  );
}

const styleOf = (box: Rect) => ({ left: `${box.x0 * 100}%`, top: `${box.y0 * 100}%`, width: `${(box.x1 - box.x0) * 100}%`, height: `${(box.y1 - box.y0) * 100}%` });

/** A canvas that shows a picture in its own size. */
function useDrawn(picture: ImageBitmap | undefined) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (!picture || !canvas.current) return;
    canvas.current.width = picture.width;
    canvas.current.height = picture.height;
    canvas.current.getContext("2d")?.drawImage(picture, 0, 0);
  }, [picture]);
  return canvas;
}

/** A small picture of a page, to jump to. */
export function Thumb({ project, asset, page, here, onOpen }: { project: string; asset: string; page: number; here: boolean; onOpen: () => void }) {
  const { t } = useWords();
  const place = useRef<HTMLButtonElement>(null);
  const [near, setNear] = useState(false);
  useEffect(() => {
    const watcher = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && setNear(true));
    if (place.current) watcher.observe(place.current);
    return () => watcher.disconnect();
  }, []);
  const picture = useQuery({ ...pageImage(project, asset, page, 36), enabled: near });
  const canvas = useDrawn(picture.data);
  return <button ref={place} type="button" className={here ? "thumb here" : "thumb"} aria-label={t("page", { n: page })} aria-current={here} onClick={onOpen}>{near ? <canvas ref={canvas} /> : null}<span>{page}</span></button>;
}
