// How much room there is.
import { useSyncExternalStore } from "react";

/** `small` as in the styles: too narrow for a column beside the page. */
const WIDTHS = { small: "(max-width: 900px)", phone: "(max-width: 640px)" };

export function useNarrow(width: keyof typeof WIDTHS): boolean {
  const query = matchMedia(WIDTHS[width]);
  return useSyncExternalStore((watcher) => { query.addEventListener("change", watcher); return () => query.removeEventListener("change", watcher); }, () => query.matches);
}
