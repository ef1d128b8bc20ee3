/** @typedef {{ is: 'same' | 'removed' | 'added', text: string }} Line */
/** Lines `from` to `to` of the older text, which `lines` take the place of. @typedef {{ from: number, to: number, lines: readonly string[] }} Hunk */

/** More differences than these are not looked for one by one: the texts are taken to differ from the first difference to the last. */
const MAX_DIFFERENCES = 1_500;

/**
 * What turns one text into another, line by line, with as few changes as possible (Myers 1986, An O(ND) Difference Algorithm).
 * @param {readonly string[]} before @param {readonly string[]} after @returns {readonly Hunk[]} in order, none beside another
 */
export function hunksOf(before, after) {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const [a, b] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  if (a.length === 0 && b.length === 0) return [];
  const kept = a.length === 0 || b.length === 0 ? [] : keptLines(a, b);
  /** @type {Hunk[]} */
  const hunks = [];
  let [x, y] = [0, 0];
  for (const [keptX, keptY] of [...kept, /** @type {const} */ ([a.length, b.length])]) {
    if (keptX > x || keptY > y) hunks.push({ from: start + x, to: start + keptX, lines: b.slice(y, keptY) });
    [x, y] = [keptX + 1, keptY + 1];
  }
  return hunks;
}

/** Pairs of lines that both texts have, in order. @param {readonly string[]} a @param {readonly string[]} b @returns {readonly (readonly [number, number])[]} */
function keptLines(a, b) {
  const furthest = new Map([[1, 0]]);
  /** @type {Map<number, number>[]} */
  const trail = [];
  for (let changes = 0; changes <= Math.min(a.length + b.length, MAX_DIFFERENCES); changes += 1) {
    trail.push(new Map(furthest));
    for (let diagonal = -changes; diagonal <= changes; diagonal += 2) {
      const from = cameFrom(furthest, diagonal, changes);
      let x = (furthest.get(from) ?? 0) + (from < diagonal ? 1 : 0);
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x += 1;
      furthest.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return walkBack(trail, a.length, b.length);
    }
  }
  return [];
}

/**
 * The diagonal from which a step with so many changes reaches another one furthest.
 * @param {ReadonlyMap<number, number>} furthest by diagonal, one change earlier @param {number} diagonal @param {number} changes
 */
function cameFrom(furthest, diagonal, changes) {
  if (diagonal === -changes) return diagonal + 1;
  if (diagonal === changes) return diagonal - 1;
  return (furthest.get(diagonal - 1) ?? -1) < (furthest.get(diagonal + 1) ?? -1) ? diagonal + 1 : diagonal - 1;
}

/** @param {readonly ReadonlyMap<number, number>[]} trail @param {number} endX @param {number} endY */
function walkBack(trail, endX, endY) {
  /** @type {[number, number][]} */
  const kept = [];
  let [x, y] = [endX, endY];
  for (const [changes, furthest] of [...trail.entries()].toReversed()) {
    const from = cameFrom(furthest, x - y, changes);
    const fromX = furthest.get(from) ?? 0;
    while (x > Math.max(0, fromX) && y > Math.max(0, fromX - from)) {
      x -= 1;
      y -= 1;
      kept.push([x, y]);
    }
    [x, y] = [fromX, fromX - from];
  }
  return kept.toReversed();
}

/** Both texts in one, for reading. @param {string} before @param {string} after @returns {readonly Line[]} */
export function diffLines(before, after) {
  const [a, b] = [linesOf(before), linesOf(after)];
  /** @type {Line[]} */
  const lines = [];
  let at = 0;
  for (const { from, to, lines: added } of hunksOf(a, b)) {
    lines.push(...a.slice(at, from).map((text) => /** @type {const} */ ({ is: 'same', text })));
    lines.push(...a.slice(from, to).map((text) => /** @type {const} */ ({ is: 'removed', text })));
    lines.push(...added.map((text) => /** @type {const} */ ({ is: 'added', text })));
    at = to;
  }
  return [...lines, ...a.slice(at).map((text) => /** @type {const} */ ({ is: 'same', text }))];
}

/** @param {string} text */
function linesOf(text) {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
