// Files that were dropped where there is no list of uploads, on their way to it.

const handed = new Map<string, File[]>();
const watchers = new Set<() => void>();

export function handOver(project: string, files: File[]) {
  handed.set(project, [...handed.get(project) ?? [], ...files]);
  for (const watcher of watchers) watcher();
}

/** Takes them, once. */
export function takeOver(project: string): File[] {
  const files = handed.get(project) ?? [];
  handed.delete(project);
  return files;
}

/** Tells of files that are handed over from now on; the answer ends it. */
export function onHandedOver(watcher: () => void) {
  watchers.add(watcher);
  return () => { watchers.delete(watcher); };
}
