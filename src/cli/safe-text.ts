/**
 * Characters that a terminal obeys instead of showing: controls (which begin escape sequences), marks that turn the direction of text, invisible
 * ones, and separators of lines. Names of resources, texts of Jira and names of people may hold any of them.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;
export const ALL_UNSEEN = new RegExp(UNSEEN, 'gu');

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A text in one line, with each such character written out, such as `\u{202e}`. */
export function safeText(text: string): string {
  return text.replaceAll(ALL_UNSEEN, (character) => NAMED[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same for a text of several lines. */
export function safeLines(text: string): string {
  return text.split('\n').map(safeText).join('\n');
}

/** JSON for people and programs: the same value, with those characters as escapes. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(ALL_UNSEEN, (character) => (character === '\n' ? character : escaped(character)));
}

/** True where a text has characters that are not shown. */
export function hasUnseen(text: string): boolean {
  return UNSEEN.test(text);
}

/** JSON has escapes for UTF-16 units only. */
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
}

const NO_WIDTH = /\p{M}/u;
const TWO_WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]/u;

/** The columns that a safe text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  if (NO_WIDTH.test(character)) return 0;
  return TWO_WIDE.test(character) ? 2 : 1;
}

/** A safe text in at most so many columns; what is cut out shows as `…`. */
export function cutText(text: string, columns: number, at: 'end' | 'middle' = 'end'): string {
  if (widthOf(text) <= columns) return text;
  const tail = at === 'end' ? 0 : Math.floor((columns - 1) / 2);
  const characters = [...text];
  return `${taken(characters, columns - 1 - tail)}…${[...taken(characters.toReversed(), tail)].toReversed().join('')}`;
}

function taken(characters: readonly string[], columns: number): string {
  let [text, width] = ['', 0];
  for (const character of characters) {
    width += characterWidth(character);
    if (width > columns) break;
    text += character;
  }
  return text;
}
