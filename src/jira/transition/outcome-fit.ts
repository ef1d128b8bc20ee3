import type { CloseOutcome } from '../../rules/transition-aim.ts';
import { ACCEPTED_WORDS, DROPPED_WORDS, DUPLICATE_WORDS, REPAIR_WORDS } from './ending-words.ts';
import { outcomeMeaning } from './outcome-meaning.ts';

/** How a name fits what became of the findings. `rank`: lower is better. `unknown`: its words are not known. */
export type OutcomeFit = { readonly fit: 'yes'; readonly rank: number } | { readonly fit: 'no' | 'unknown' };

/** Each of the lists that follow one another has fewer words. */
const NEXT_LIST = 1_000_000;

/**
 * Whether the name of a status, a transition or a resolution says what became of the findings. A fix takes words for "fixed" only. An
 * archived finding takes words for an accepted risk, then for work that is not done; a duplicate those for a duplicate. Then come the words
 * for "fixed" that claim no repair, such as Done and Closed; last, for other ends without a fix, work that is not done. Pure.
 * @param names the untranslated name first
 */
export function outcomeFit(names: readonly string[], outcome: CloseOutcome | 'duplicate'): OutcomeFit {
  const { meaning, rank } = outcomeMeaning(names);
  if (outcome === 'resolved') return meaning === 'fixed' ? { fit: 'yes', rank } : { fit: meaning === 'other' ? 'no' : 'unknown' };
  const [first, last] = ENDS_WITHOUT_FIX[outcome].map((words) => words.findIndex((word) => names.some((name) => bears(name, word))));
  if (first !== undefined && first !== -1) return { fit: 'yes', rank: first };
  if (meaning === 'fixed' && !REPAIR_WORDS.some((word) => names.some((name) => bears(name, word))))
    return { fit: 'yes', rank: NEXT_LIST + rank };
  if (last !== undefined && last !== -1) return { fit: 'yes', rank: 2 * NEXT_LIST + last };
  return { fit: meaning === 'unknown' ? 'unknown' : 'no' };
}

/** The words before and after those that just say that the work has ended. */
const ENDS_WITHOUT_FIX: Readonly<
  Record<Exclude<CloseOutcome, 'resolved'> | 'duplicate', readonly [first: readonly string[], last: readonly string[]]>
> = {
  archived: [[...ACCEPTED_WORDS, ...DROPPED_WORDS], []],
  unmonitored: [[], DROPPED_WORDS],
  duplicate: [DUPLICATE_WORDS, DROPPED_WORDS],
};

/** The fit of two names that count the same, as those of a transition and of the status that it leads to. Pure. */
export function bothFit(one: OutcomeFit, other: OutcomeFit): OutcomeFit {
  if (one.fit === 'no' || other.fit === 'no') return { fit: 'no' };
  if (one.fit === 'yes' && other.fit === 'yes') return { fit: 'yes', rank: Math.min(one.rank, other.rank) };
  return one.fit === 'yes' ? one : other;
}

/** Whole words only, where the writing parts words. */
function bears(name: string, word: string): boolean {
  const plain = name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[‘’´`]/g, "'");
  if (!/\p{Script=Latin}/u.test(word)) return plain.includes(word);
  return ` ${plain.split(/[^\p{L}\p{N}']+/u).join(' ')} `.includes(` ${word} `);
}
