/** A stretch of lines, and how far what counts in it is indented. @typedef {{ line: number, from: number, to: number }} Place */

/**
 * The line that a path leads to, such as `rules[2].issue.project`: the deepest part of it that can be found in block style.
 * @param {string} text YAML @param {string} path as the service names places; also `line 4, column 1`
 * @returns {number | null} from 1; null: the text as a whole
 */
export function lineOf(text, path) {
  const named = /^line (\d+)\b/.exec(path);
  if (named) return Number(named[1]);
  const lines = text.split('\n');
  /** @type {Place | null} */
  let place = { line: -1, from: 0, to: lines.length };
  let found = -1;
  for (const step of stepsOf(path)) {
    place = typeof step === 'number' ? itemIn(lines, place, step) : keyIn(lines, place, step);
    if (place === null) break;
    found = place.line;
  }
  return found === -1 ? null : found + 1;
}

/** How many items the list under a name of the outermost level has. @param {string} text @param {string} name */
export function itemCount(text, name) {
  const lines = text.split('\n');
  const place = keyIn(lines, { line: -1, from: 0, to: lines.length }, name);
  return place === null ? 0 : itemsIn(lines, place).length;
}

/** @param {string} path @returns {readonly (string | number)[]} */
function stepsOf(path) {
  return [...path.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g)].map(([, index, quoted, name = '']) => {
    if (index !== undefined) return Number(index);
    return quoted === undefined ? name : String(JSON.parse(quoted));
  });
}

/** @param {string} line */
function isContent(line) {
  return /^\s*[^\s#]/.test(line);
}

/** @param {string} line */
function indentOf(line) {
  return line.search(/\S/);
}

/** The next line that says something. @param {readonly string[]} lines @param {number} from @param {number} to */
function firstContent(lines, from, to) {
  for (let at = from; at < to; at += 1) if (isContent(lines[at] ?? '')) return at;
  return -1;
}

/** @param {readonly string[]} lines @param {Place} place @param {string} key @returns {Place | null} */
function keyIn(lines, { from, to }, key) {
  const first = firstContent(lines, from, to);
  if (first === -1) return null;
  const indent = indentOf(lines[first] ?? '');
  for (let at = first; at < to; at += 1) {
    const line = lines[at] ?? '';
    if (!isContent(line) || indentOf(line) !== indent || nameIn(line.slice(indent)) !== key) continue;
    const isEnd = (/** @type {string} */ next) =>
      isContent(next) && (indentOf(next) < indent || (indentOf(next) === indent && !/^-(\s|$)/.test(next.slice(indent))));
    return { line: at, from: at + 1, to: endOf(lines, at + 1, to, isEnd) };
  }
  return null;
}

/** @param {string} text the rest of a line @returns {string | null} */
function nameIn(text) {
  const [, quoted, single, plain] = /^(?:("(?:[^"\\]|\\.)*")|'([^']*)'|([^\s#'"[{][^#:]*?))\s*:(?:\s|$)/.exec(text) ?? [];
  if (quoted === undefined) return single ?? plain ?? null;
  try {
    return String(JSON.parse(quoted));
  } catch {
    return null;
  }
}

/** The lines at which the items of a list begin. @param {readonly string[]} lines @param {Place} place */
function itemsIn(lines, { from, to }) {
  const first = firstContent(lines, from, to);
  if (first === -1) return [];
  const indent = indentOf(lines[first] ?? '');
  const items = [];
  for (let at = first; at < to; at += 1) {
    const line = lines[at] ?? '';
    if (isContent(line) && indentOf(line) === indent && /^-(\s|$)/.test(line.slice(indent))) items.push(at);
  }
  return items;
}

/** The hyphen of the item is taken out, so that what is in it can be searched as if it stood alone. @param {string[]} lines @param {Place} place @param {number} index @returns {Place | null} */
function itemIn(lines, place, index) {
  const items = itemsIn(lines, place);
  const at = items[index];
  if (at === undefined) return null;
  lines[at] = (lines[at] ?? '').replace('-', ' ');
  return { line: at, from: at, to: items[index + 1] ?? place.to };
}

/** @param {readonly string[]} lines @param {number} from @param {number} to @param {(line: string) => boolean} isEnd */
function endOf(lines, from, to, isEnd) {
  for (let at = from; at < to; at += 1) if (isEnd(lines[at] ?? '')) return at;
  return to;
}
