import { FIXED_WORDS, NEGATIONS, NEGATIVE_PREFIXES, OTHER_WORDS, type WordList } from './outcome-words.ts';

/** The meaning of a status, a resolution or a transition for work that is over. `unknown`: no known word, or one for work under way. */
export type OutcomeMeaning = 'fixed' | 'other' | 'unknown';

/** A name as it is compared. */
interface NameText {
  /** The words with a space before, between and after them. */
  readonly spaced: string;
  /** Without any space, for scripts that have none between words. */
  readonly joined: string;
}

interface Word {
  readonly text: string;
  /** Of a script without spaces: found in any place of a name. */
  readonly isUnspaced: boolean;
}

interface RankedWord extends Word {
  readonly rank: number;
}

/** From this length on, longer words are read as forms of a word: "accept" and "acceptance". */
const MIN_STEM = 5;

const FIXED: readonly RankedWord[] = FIXED_WORDS.flatMap(({ words }, language) =>
  words.map((word, index) => ({ ...wordOf(word), rank: index * FIXED_WORDS.length + language })),
);
const MAX_RANK = Math.max(...FIXED.map(({ rank }) => rank)) + 1;
const FIXED_TEXTS: ReadonlySet<string> = new Set(FIXED.filter(({ isUnspaced }) => !isUnspaced).map(({ text }) => text));
const OTHER = wordsOf(OTHER_WORDS);
const NEGATION = wordsOf(NEGATIONS);

// One expression for thousands of words: a workflow has many names.
const OTHER_IN_SPACED = new RegExp(
  ` (?:${[...OTHER.flatMap(formsOf), ...NEGATION.filter(({ isUnspaced }) => !isUnspaced).map(({ text }) => `${text} `)].join('|')})`,
  'u',
);
const OTHER_IN_JOINED = new RegExp([...OTHER, ...NEGATION].flatMap(({ text, isUnspaced }) => (isUnspaced ? [text] : [])).join('|'), 'u');

/**
 * What the names of one status, resolution or transition say about work that is over. Pure.
 *
 * Case, punctuation, apostrophes and the width of letters don't matter. Whole words are compared, except in Chinese, Japanese, Korean and
 * Thai, where a word may be any part of the name. A name with a word for another outcome or with a negation is `other`, whatever else it
 * says ("Closed - won't do", "Resolved: accepted risk", "Nicht behoben"): to close a fixed finding as accepted would be wrong, to ask once
 * more is not. For the same reason, words for another outcome also count without their accents and with a longer ending.
 *
 * @param names the name that Jira does not translate (`untranslatedName`) before the shown one
 * @returns rank: the place among words for "fixed", lower is better; a name that consists of the word comes before one that contains it.
 * `Infinity`, unless `fixed`
 */
export function outcomeMeaning(names: readonly string[]): { readonly meaning: OutcomeMeaning; readonly rank: number } {
  const texts = names.map(nameText);
  if (texts.some(saysOther)) return { meaning: 'other', rank: Infinity };
  const ranks = texts.map(fixedRank).filter((rank) => rank !== Infinity);
  return ranks[0] === undefined ? { meaning: 'unknown', rank: Infinity } : { meaning: 'fixed', rank: ranks[0] };
}

function fixedRank(name: NameText): number {
  const ranks = FIXED.filter((word) => contains(name, word)).map(({ text, rank }) =>
    name.joined === text.replaceAll(' ', '') ? rank : rank + MAX_RANK,
  );
  return Math.min(Infinity, ...ranks);
}

function saysOther(name: NameText): boolean {
  return OTHER_IN_SPACED.test(name.spaced) || OTHER_IN_JOINED.test(name.joined) || hasNegatedWord(name);
}

function contains({ spaced, joined }: NameText, { text, isUnspaced }: Word): boolean {
  return isUnspaced ? joined.includes(text) : spaced.includes(` ${text} `);
}

/** A word with any ending, and without its accents. Short words have no forms: they'd be other words. */
function formsOf({ text, isUnspaced }: Word): readonly string[] {
  if (isUnspaced) return [];
  const isShort = (text.split(' ').at(-1) ?? '').length < MIN_STEM;
  return isShort ? [`${text} `] : [text, `${withoutAccents(text)} `];
}

/** Whether a word of the name is one for "fixed" with a negative beginning, and not itself such a word: "opraveno" is no "o-praveno". */
function hasNegatedWord({ spaced }: NameText): boolean {
  return spaced
    .split(' ')
    .filter((token) => !FIXED_TEXTS.has(token))
    .some((token) => NEGATIVE_PREFIXES.some((prefix) => token.startsWith(prefix) && FIXED_TEXTS.has(token.slice(prefix.length))));
}

/** @returns whether a script without spaces between words is in it; Korean has spaces, but its endings join the word */
function hasUnspacedScript(text: string): boolean {
  return /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]/u.test(text);
}

function wordsOf(lists: readonly WordList[]): readonly Word[] {
  return lists.flatMap(({ words }) => words.map(wordOf));
}

function wordOf(word: string): Word {
  const { spaced, joined } = nameText(word);
  const isUnspaced = hasUnspacedScript(word);
  return { text: isUnspaced ? joined : spaced.trim(), isUnspaced };
}

function nameText(name: string): NameText {
  const words = name
    .replaceAll(/['’‘‛ʼʹ´`′＇]/gu, '')
    .normalize('NFKC')
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replaceAll(/i\u0307|ı/gu, 'i')
    .replaceAll('ß', 'ss')
    .replaceAll('ё', 'е')
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
  return { spaced: ` ${words.join(' ')} `, joined: words.join('') };
}

/** Only of Latin letters: in other scripts, marks make other letters. */
function withoutAccents(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .normalize('NFC');
}
