/** The first line that `rules get` writes. It is a comment for everything else that reads rules files. */
const HEAD = /^# Rules of the service, revision ("[^"\n]{1,100}")$/m;

/** @param etag of the rules below it */
export function headOf(etag: string): string {
  return `# Rules of the service, revision ${etag}\n`;
}

/** The tag of the rules that a file was made of; null: it does not say, as a file that was not written by `rules get`. */
export function etagIn(text: string): string | null {
  return HEAD.exec(text.slice(0, text.indexOf('\n')))?.[1] ?? null;
}
