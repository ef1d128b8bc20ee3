/**
 * The part of the Atlassian Document Format that we write.
 * Source: https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
 */
export interface AdfDocument {
  readonly type: 'doc';
  readonly version: 1;
  readonly content: readonly AdfBlock[];
}

export type AdfMark =
  | { readonly type: 'strong' }
  | { readonly type: 'em' }
  | { readonly type: 'strike' }
  | { readonly type: 'code' }
  | { readonly type: 'link'; readonly attrs: { readonly href: string } };

export interface AdfText {
  readonly type: 'text';
  readonly text: string;
  readonly marks?: readonly AdfMark[];
}

export interface AdfParagraph {
  readonly type: 'paragraph';
  readonly content: readonly AdfText[];
}

export interface AdfCodeBlock {
  readonly type: 'codeBlock';
  readonly content: readonly AdfText[];
}

export interface AdfList {
  readonly type: 'bulletList' | 'orderedList';
  /** The first number; absent: 1. */
  readonly attrs?: { readonly order: number };
  readonly content: readonly AdfListItem[];
}

export interface AdfListItem {
  readonly type: 'listItem';
  readonly content: readonly (AdfParagraph | AdfCodeBlock | AdfList)[];
}

export interface AdfTable {
  readonly type: 'table';
  readonly content: readonly {
    readonly type: 'tableRow';
    readonly content: readonly { readonly type: 'tableHeader' | 'tableCell'; readonly content: readonly AdfParagraph[] }[];
  }[];
}

export type AdfBlock =
  | AdfParagraph
  | AdfCodeBlock
  | AdfList
  | AdfTable
  | { readonly type: 'heading'; readonly attrs: { readonly level: HeadingLevel }; readonly content: readonly AdfText[] }
  | {
      readonly type: 'panel';
      readonly attrs: { readonly panelType: 'info' | 'note' | 'warning' };
      readonly content: readonly AdfParagraph[];
    }
  | { readonly type: 'blockquote'; readonly content: readonly (AdfParagraph | AdfCodeBlock | AdfList)[] }
  | AdfExpand
  | { readonly type: 'rule' };

/** Folded until a reader opens it. Only a document may contain it. */
export interface AdfExpand {
  readonly type: 'expand';
  readonly attrs: { readonly title: string };
  readonly content: readonly AdfBlock[];
}

export type HeadingLevel = 1 | 2 | 3 | 4 | 5 | 6;

export function doc(...content: readonly AdfBlock[]): AdfDocument {
  return { type: 'doc', version: 1, content };
}

/** Text of a paragraph, in one line. Jira refuses an empty text node, so an empty text yields no node. */
export function text(value: string, ...marks: readonly AdfMark[]): AdfText[] {
  return textNode(cleanText(value).replaceAll(/[\n\u2028\u2029]+/g, ' '), marks);
}

function textNode(value: string, marks: readonly AdfMark[]): AdfText[] {
  if (value === '') return [];
  return [marks.length === 0 ? { type: 'text', text: value } : { type: 'text', text: value, marks }];
}

export function strong(value: string): AdfText[] {
  return text(value, { type: 'strong' });
}

export function code(value: string): AdfText[] {
  return text(value, { type: 'code' });
}

/** `href` is made by us, never taken from a finding's free text. */
export function link(value: string, href: string): AdfText[] {
  return text(value, { type: 'link', attrs: { href } });
}

export function paragraph(...parts: readonly (readonly AdfText[])[]): AdfParagraph {
  return { type: 'paragraph', content: parts.flat() };
}

export function heading(level: HeadingLevel, ...parts: readonly (readonly AdfText[])[]): AdfBlock {
  return { type: 'heading', attrs: { level }, content: parts.flat() };
}

/** The only block that keeps line breaks. */
export function codeBlock(value: string): AdfCodeBlock {
  return { type: 'codeBlock', content: textNode(cleanText(value), []) };
}

export function note(...parts: readonly (readonly AdfText[])[]): AdfBlock {
  return { type: 'panel', attrs: { panelType: 'note' }, content: [paragraph(...parts)] };
}

/** @param items at least one */
export function bulletList(items: readonly AdfParagraph[]): AdfList {
  return { type: 'bulletList', content: items.map((item) => ({ type: 'listItem', content: [item] })) };
}

/** @param items at least one, each with at least one block @param order the first number */
export function orderedList(items: readonly AdfListItem['content'][], order = 1): AdfList {
  const content = items.map((item) => ({ type: 'listItem' as const, content: item }));
  return order === 1 ? { type: 'orderedList', content } : { type: 'orderedList', attrs: { order }, content };
}

/** @param content at least one block */
export function expand(title: string, ...content: readonly AdfBlock[]): AdfExpand {
  return { type: 'expand', attrs: { title }, content };
}

/** The words that a reader sees without opening anything; each word of a command counts. */
export function shownWords(blocks: readonly AdfBlock[]): number {
  return blocks.reduce((sum, block) => sum + (block.type === 'expand' ? 0 : wordsOf(block)), 0);
}

interface AnyNode {
  readonly type: string;
  readonly text?: string;
  readonly content?: readonly AnyNode[];
}

function wordsOf(node: AnyNode): number {
  return wordsIn(plainText(node));
}

function plainText({ text: own = '', content = [], type }: AnyNode): string {
  return `${own}${content.map(plainText).join('')}${type === 'text' ? '' : '\n'}`;
}

function wordsIn(value: string): number {
  return value.split(/\s+/).filter((word) => word !== '').length;
}

export type FactRow = readonly [name: string, value: readonly AdfText[]];

/** Two columns: a bold name and its value. */
export function factTable(rows: readonly FactRow[]): AdfTable {
  const content = rows.map(([name, value]) => ({
    type: 'tableRow' as const,
    content: [
      { type: 'tableHeader' as const, content: [paragraph(text(name))] },
      { type: 'tableCell' as const, content: [paragraph(value)] },
    ],
  }));
  return { type: 'table', content };
}

/** Characters of the JSON that Jira receives, which are more than those of the visible text: Jira may count either. */
export function adfSize(part: AdfDocument | readonly AdfBlock[]): number {
  return JSON.stringify(part).length;
}

/**
 * Removes characters that Jira refuses or garbles: control characters except the newline, lone surrogates, non-characters; and
 * bidirectional controls, which can make one name look like another.
 */
export function cleanText(value: string): string {
  let clean = '';
  for (const character of value) {
    const point = character.codePointAt(0) ?? 0;
    if (point === 0x09) clean += ' ';
    else if (!isUnfit(point)) clean += character;
  }
  return clean;
}

function isUnfit(point: number): boolean {
  if (point < 0x20) return point !== 0x0a;
  return UNFIT.some(([from, to]) => point >= from && point <= to) || (point & 0xfffe) === 0xfffe;
}

/** DEL and the C1 controls; bidirectional embeddings, overrides and isolates; surrogates; the byte order mark; more non-characters. */
const UNFIT = [
  [0x7f, 0x9f],
  [0x202a, 0x202e],
  [0x2066, 0x2069],
  [0xd800, 0xdfff],
  [0xfeff, 0xfeff],
  [0xfdd0, 0xfdef],
] as const;
