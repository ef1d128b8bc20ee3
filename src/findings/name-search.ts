/** Characters of a part that the store indexes; a search compares the rest. */
const INDEXED = 3;

/** More parts than names have; a longer name is found by its first ones. */
const MAX_PARTS = 64;

const SEPARATORS = /[^\p{L}\p{N}]+/gu;
const SEPARATORS_AND_CAPITALS = /[^\p{L}\p{N}]+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})/gu;

/** The index entries of names: the beginning of each part. Parts begin after a separator, and at a capital letter within a word. Pure. */
export function indexEntries(names: readonly string[]): readonly string[] {
  return entriesOf(names.flatMap((name) => partsOf(name, SEPARATORS_AND_CAPITALS)));
}

/**
 * The index entries that every name has in which a part begins with this text; none: the text is too short for the index. Capitals are no
 * parts here, since the search ignores case.
 */
export function entriesToFind(text: string): readonly string[] {
  return entriesOf(partsOf(text, SEPARATORS));
}

/** Whether a part of one of the names begins with this text, in whatever case. The text may go on into the next parts. */
export function findsPart(names: readonly string[], text: string): boolean {
  const wanted = text.toLowerCase();
  return names.some((name) => partsOf(name, SEPARATORS_AND_CAPITALS).some((part) => part.startsWith(wanted)));
}

/** Every part with all that follows it, in lower case. */
function partsOf(name: string, boundaries: RegExp): readonly string[] {
  const starts = [0, ...[...name.matchAll(boundaries)].map(({ index, 0: separator }) => index + separator.length)];
  return starts.slice(0, MAX_PARTS).map((start) => name.slice(start).toLowerCase());
}

function entriesOf(parts: readonly string[]): readonly string[] {
  const entries = parts.map((part) => Array.from(part.slice(0, 2 * INDEXED)).slice(0, INDEXED));
  return [...new Set(entries.flatMap((entry) => (entry.length < INDEXED ? [] : [entry.join('').toWellFormed()])))];
}
