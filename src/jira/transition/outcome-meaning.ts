import { FIXED_WORDS, OTHER_WORDS, type OutcomeWords } from './outcome-words.ts';

/** The meaning of a name for the end of work. */
export type OutcomeMeaning = 'fixed' | 'other' | 'unknown';

/**
 * What the names of a status, transition or resolution say about the end of work. Pure.
 * @param names the untranslated name first
 * @returns rank: lower is better; Infinity unless fixed
 */
export function outcomeMeaning(names: readonly string[]): { readonly meaning: OutcomeMeaning; readonly rank: number } {
  const plain = names.map(plainName);
  if (plain.some((name) => OTHER.some((word) => bears(name, word)))) return { meaning: 'other', rank: Infinity };
  const ranks = plain.map((name) => FIXED.findIndex((word) => bears(name, word))).filter((rank) => rank !== -1);
  return ranks.length === 0 ? { meaning: 'unknown', rank: Infinity } : { meaning: 'fixed', rank: Math.min(...ranks) };
}

const [FIXED, OTHER] = [plainWords(FIXED_WORDS), plainWords(OTHER_WORDS)];

function plainWords(lists: readonly OutcomeWords[]): readonly string[] {
  return lists.flatMap(({ words }) => words.map(plainName));
}

function plainName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[‘’´`]/g, "'")
    .trim();
}

/** As a whole word, or anywhere where the language does not part words. */
function bears(name: string, word: string): boolean {
  if (/[\u3040-\u30ff\u4e00-\u9fff]/.test(word)) return name.includes(word);
  return ` ${name.split(/[^\p{L}\p{N}']+/u).join(' ')} `.includes(` ${word} `);
}
