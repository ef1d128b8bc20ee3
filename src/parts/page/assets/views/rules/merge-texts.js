import { hunksOf } from './line-diff.js';

/** @typedef {import('./line-diff.js').Hunk} Hunk */
/** @typedef {{ text: string, conflicts: number }} Merged `conflicts`: places where both changed the same lines, in which one side counted */

/**
 * Joins the changes that two people made to one text.
 * @param {string} base what both began with @param {string} mine @param {string} theirs
 * @param {'mine' | 'theirs'} first whose change counts where both changed the same lines
 * @returns {Merged}
 */
export function mergeTexts(base, mine, theirs, first) {
  const lines = base.split('\n');
  const [left, right] = [hunksOf(lines, mine.split('\n')), hunksOf(lines, theirs.split('\n'))];
  /** @type {string[]} */
  const out = [];
  let [at, l, r, conflicts] = [0, 0, 0, 0];
  while (l < left.length || r < right.length) {
    const { from, to, leftEnd, rightEnd } = touching(left, l, right, r);
    const [ours, others] = [left.slice(l, leftEnd), right.slice(r, rightEnd)];
    const [oursText, othersText] = [apply(lines, ours, from, to), apply(lines, others, from, to)];
    const both = ours.length > 0 && others.length > 0 && oursText.join('\n') !== othersText.join('\n');
    if (both) conflicts += 1;
    out.push(...lines.slice(at, from), ...(others.length === 0 || (both && first === 'mine') ? oursText : othersText));
    [at, l, r] = [to, leftEnd, rightEnd];
  }
  return { text: [...out, ...lines.slice(at)].join('\n'), conflicts };
}

/** The next changes that touch each other. @param {readonly Hunk[]} left @param {number} l @param {readonly Hunk[]} right @param {number} r */
function touching(left, l, right, r) {
  const [a, b] = [left[l], right[r]];
  const begin = b === undefined || (a !== undefined && a.from <= b.from) ? a : b;
  let { from, to } = begin ?? { from: 0, to: 0 };
  let [leftEnd, rightEnd] = [l, r];
  for (;;) {
    const [nextLeft, nextRight] = [left[leftEnd], right[rightEnd]];
    if (nextLeft !== undefined && nextLeft.from <= to) {
      to = Math.max(to, nextLeft.to);
      leftEnd += 1;
    } else if (nextRight !== undefined && nextRight.from <= to) {
      to = Math.max(to, nextRight.to);
      rightEnd += 1;
    } else return { from, to, leftEnd, rightEnd };
  }
}

/** A stretch of the text with one side's changes. @param {readonly string[]} lines @param {readonly Hunk[]} hunks @param {number} from @param {number} to */
function apply(lines, hunks, from, to) {
  /** @type {string[]} */
  const out = [];
  let at = from;
  for (const hunk of hunks) {
    out.push(...lines.slice(at, hunk.from), ...hunk.lines);
    at = hunk.to;
  }
  return [...out, ...lines.slice(at, to)];
}
