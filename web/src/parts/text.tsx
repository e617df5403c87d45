// A file by its words: for files without pages to draw, with the same quote marked.
import { Fragment, useEffect, useRef } from "react";

import type { Segment } from "../api/types";
import { useWords } from "../words";

export function DocumentText({ segments, chunk, quote, page, hint }: { segments: Segment[]; chunk?: string; quote?: string; page?: number; hint?: boolean }) {
  const { t } = useWords();
  const sheet = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const target = sheet.current?.querySelector("mark") ?? (page ? sheet.current?.querySelector(`[data-page="${page}"]`) : null);
    target?.scrollIntoView({ block: "center" });
  }, [segments, chunk, quote, page]);
  let shown = 0;
  return (
    <div className="sheet" ref={sheet} tabIndex={0}>
      <div className="words">
        {hint ? <p className="soft">{t("noPicture")}</p> : null}
        {segments.map((segment) => {
          const begins = segment.page !== shown;
          shown = segment.page;
          return (
            <Fragment key={segment.chunk_id}>
              {begins ? <div className="no" data-page={segment.page}>{t("pageApprox", { n: segment.page })}</div> : null}
              <section>{segment.chunk_id === chunk && quote ? <Marked text={segment.content} quote={quote} /> : segment.content}</section>
            </Fragment>
          );
        })}
      </div>
    </div>
  );
}

/** A text with a quote marked in it. */
export function Marked({ text, quote }: { text: string; quote: string }) {
  const at = text.indexOf(quote);
  if (at < 0) return <mark>{text}</mark>;
  return <>{text.slice(0, at)}<mark>{quote}</mark>{text.slice(at + quote.length)}</>;
}
