// The words of a page, unseen above its picture where they are seen in it: to select and copy, for the browser's own
// search, and for those who have the page read to them.
import { Fragment, memo, useMemo } from "react";

import type { PageLine } from "../api/types";
import { type Laid, type Rect, paragraphsOf, runsOf } from "../compute/lines";

const percent = (part: number) => `${100 * part}%`;
const wide = (part: number) => `${100 * part}cqw`;
const high = (part: number) => `${100 * part}cqh`;

/**
 * `shape` is the page's height in parts of its width.
 *
 * A paragraph is a block without any width: its lines end where a `<wbr>` lets them, which is no character, so that
 * search and copying find nothing between them but what stands in the text.
 */
export const PageWords = memo(function PageWords({ lines, shape, label }: { lines: PageLine[]; shape: number; label: string }) {
  const placed = useMemo(() => paragraphsOf(lines).map((paragraph) => ({
    style: blockStyle(paragraph.area, paragraph.lines[0]!),
    lines: paragraph.lines.map((laid) => {
      const line = lines[laid.index]!;
      const { size, runs } = runsOf({ ...line, high: (line.y1 - line.y0) * shape }, naturalWidth);
      return { runs, joint: line.joint, style: lineStyle(line, laid, paragraph.area, size) };
    }),
  })), [lines, shape]);
  return (
    <div className="lines" role="group" aria-label={label}>
      {placed.map((paragraph, index) => (
        <div key={index} className="paragraph" style={paragraph.style}>
          {paragraph.lines.map(({ runs, joint, style }, at) => (
            <Fragment key={at}>
              {at ? <wbr /> : null}
              <span className="line" style={style}>
                {runs.map((run, part) => <span key={part} style={{ letterSpacing: `${run.spacing.toFixed(4)}em` }}>{run.text}</span>)}
                {joint}
              </span>
            </Fragment>
          ))}
        </div>
      ))}
    </div>
  );
});

/** The paragraph's part of the page; in parts of the page, so that zoom is nothing to it. */
function blockStyle(area: Rect, first: Laid) {
  return {
    left: percent(area.x0),
    top: percent(area.y0),
    width: percent(area.x1 - area.x0),
    height: percent(area.y1 - area.y0),
    paddingRight: wide(area.x1 - area.x0),
    paddingTop: high(first.y0 - area.y0),
  };
}

/** The line with its words where they are seen, which is not always the middle between its neighbours. */
function lineStyle(line: Rect, laid: Laid, area: Rect, size: number) {
  return {
    marginLeft: wide(line.x0 - area.x0),
    lineHeight: high(laid.y1 - laid.y0),
    fontSize: high((line.y1 - line.y0) * size),
    top: high((line.y0 + line.y1 - laid.y0 - laid.y1) / 2),
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
