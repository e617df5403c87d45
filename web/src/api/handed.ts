// Files that were dropped before their project was there, on their way from one page to the next.

const handed = new Map<string, File[]>();

export const handOver = (project: string, files: File[]) => handed.set(project, files);

/** Takes them, once. */
export function takeOver(project: string): File[] {
  const files = handed.get(project) ?? [];
  handed.delete(project);
  return files;
}
