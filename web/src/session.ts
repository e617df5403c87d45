// Who is signed in. The token lives as long as the tab; when the server no longer takes it, the page stays where it is
// and asks for the password again, so that nothing typed is lost.
import { useSyncExternalStore } from "react";

const KEY = "bidlens.token";

interface Session { token: string; expired: boolean }

let session: Session = { token: sessionStorage.getItem(KEY) ?? "", expired: false };
const watchers = new Set<() => void>();

function set(next: Session) {
  session = next;
  if (next.token) sessionStorage.setItem(KEY, next.token);
  else sessionStorage.removeItem(KEY);
  for (const watcher of watchers) watcher();
}

export const token = () => session.token;
export const signedIn = (value: string) => set({ token: value, expired: false });
export const signedOut = () => set({ token: "", expired: false });
/** The server refused the token that it had given. */
export const refused = () => session.token && set({ ...session, expired: true });

export function useSession(): Session {
  return useSyncExternalStore((watcher) => { watchers.add(watcher); return () => watchers.delete(watcher); }, () => session);
}
