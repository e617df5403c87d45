// The words of a page, unseen above its picture where they are seen in it: to select and copy, for the browser's own
// search, and for those who have the page read to them.
import { memo, useMemo } from "react";

import type { PageLine } from "../api/types";
import { type Rect, runsOf, tilesOf } from "../compute/lines";

const percent = (part: number) => `${100 * part}%`;

/** `shape` is the page's height in parts of its width. */
export const PageWords = memo(function PageWords({ lines, shape, label }: { lines: PageLine[]; shape: number; label: string }) {
  const placed = useMemo(() => {
    const tiles = tilesOf(lines);
    return lines.map((line, index) => {
      const { size, runs } = runsOf({ ...line, high: (line.y1 - line.y0) * shape }, naturalWidth);
      return { runs, joint: line.joint, style: styleOf(line, tiles[index]!, size) };
    });
  }, [lines, shape]);
  return (
    <div className="lines" role="group" aria-label={label}>
      {placed.map(({ runs, joint, style }, index) => (
        <span key={index} className="line" style={style}>
          {runs.map((run, at) => <span key={at} style={{ letterSpacing: `${run.spacing.toFixed(4)}em` }}>{run.text}</span>)}
          {joint}
        </span>
      ))}
    </div>
  );
});

/** The line's part of the page with its words where they are seen; in parts of the page, so that zoom is nothing to it. */
function styleOf(line: PageLine, tile: Rect, size: number) {
  const high = line.y1 - line.y0;
  return {
    left: percent(tile.x0),
    top: percent(tile.y0),
    width: percent(tile.x1 - tile.x0),
    height: percent(tile.y1 - tile.y0),
    paddingLeft: `${100 * (line.x0 - tile.x0)}cqw`,
    paddingTop: `${100 * (line.y0 - tile.y0)}cqh`,
    lineHeight: `${100 * high}cqh`,
    fontSize: `${100 * high * size}cqh`,
  };
}

const MEASURED_AT = 100;
let pen: CanvasRenderingContext2D | null = null;

/** The width of a text in the page's font, in parts of the font's size. */
function naturalWidth(text: string) {
  if (!pen) {
    pen = document.createElement("canvas").getContext("2d")!;
    pen.font = `${MEASURED_AT}px ${getComputedStyle(document.body).fontFamily}`;
    pen.fontKerning = "none";
  }
  return pen.measureText(text).width / MEASURED_AT;
}
