// Files dropped anywhere: the page that takes them gets them, and no page is ever left for a file.
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from "react";

import { dropped } from "../api/upload";

interface Taker { words: string; take: (files: File[]) => void }

const Takers = createContext<(taker: Taker | null) => void>(() => undefined);

/** Gives the page that is open the files dropped anywhere on it; `words` say what comes of letting go. */
export function useDropped(words: string, take: (files: File[]) => void) {
  const become = useContext(Takers);
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    become({ words, take: (files) => latest.current(files) });
    return () => become(null);
  }, [become, words]);
}

export function DropPlace({ children }: { children: ReactNode }) {
  const [taker, setTaker] = useState<Taker | null>(null);
  const [over, setOver] = useState(false);
  useEffect(() => {
    // What is dragged enters each element that it passes before it leaves the last one.
    let depth = 0;
    const withFiles = (handle: (event: DragEvent, data: DataTransfer) => void) => (event: DragEvent) => {
      if (event.dataTransfer?.types.includes("Files")) handle(event, event.dataTransfer);
    };
    const rest = () => { depth = 0; setOver(false); };
    const enter = withFiles(() => { depth += 1; setOver(true); });
    const leave = withFiles(() => { depth -= 1; if (depth <= 0) rest(); });
    const stay = withFiles((event, data) => { event.preventDefault(); data.dropEffect = taker ? "copy" : "none"; });
    const drop = withFiles((event, data) => {
      event.preventDefault();
      rest();
      if (taker) void dropped(data.items).then((files) => { if (files.length) taker.take(files); });
    });
    addEventListener("dragenter", enter);
    addEventListener("dragleave", leave);
    addEventListener("dragover", stay);
    addEventListener("drop", drop);
    return () => { removeEventListener("dragenter", enter); removeEventListener("dragleave", leave); removeEventListener("dragover", stay); removeEventListener("drop", drop); };
  }, [taker]);
  return <Takers.Provider value={setTaker}>{children}{over && taker ? <div className="veil">{taker.words}</div> : null}</Takers.Provider>;
}
