/** Characters of a value that a line shows. */
const MAX_SHOWN = 120;

/** Tokens of Atlassian and JSON Web Tokens, in case one stands in the wrong variable. */
const TOKEN = /(?:AT[A-Z]TT|eyJ)[\w.=+/-]{8,}/g;

/** A value for a line that people read: in quotes, escaped and cut, without the credentials and the query of a URL. */
export function shownValue(text: string): string {
  const at = text.lastIndexOf('@');
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0] ?? '';
  const plain = at < 0 ? text : `${scheme}…${text.slice(at)}`;
  const safe = plain.replace(/[?#].*$/s, '?…').replace(TOKEN, '…');
  return JSON.stringify(safe.length > MAX_SHOWN ? `${safe.slice(0, MAX_SHOWN)}…` : safe);
}

/** A path, unless it looks as if the secret itself stood where the path of its file belongs. */
export function shownPath(path: string): string {
  return /[/\\]|^\./.test(path) ? shownValue(path) : 'what is set there, which is not shown since it may be the secret itself';
}
