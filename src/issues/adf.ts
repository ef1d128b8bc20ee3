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

interface AdfCell {
  readonly type: 'tableHeader' | 'tableCell';
  readonly content: readonly AdfParagraph[];
}

export type AdfBlock =
  | AdfParagraph
  | { readonly type: 'heading'; readonly attrs: { readonly level: 1 | 2 | 3 | 4 | 5 | 6 }; readonly content: readonly AdfText[] }
  | { readonly type: 'codeBlock'; readonly content: readonly AdfText[] }
  | { readonly type: 'bulletList'; readonly content: readonly { readonly type: 'listItem'; readonly content: readonly AdfParagraph[] }[] }
  | { readonly type: 'table'; readonly content: readonly { readonly type: 'tableRow'; readonly content: readonly AdfCell[] }[] };

export function doc(...content: readonly AdfBlock[]): AdfDocument {
  return { type: 'doc', version: 1, content };
}

/** Jira refuses an empty text node, so an empty text becomes none. */
export function text(value: string, ...marks: readonly AdfMark[]): AdfText[] {
  const clean = cleanText(value);
  if (clean === '') return [];
  return [marks.length === 0 ? { type: 'text', text: clean } : { type: 'text', text: clean, marks }];
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

export function heading(level: 2 | 3, value: string): AdfBlock {
  return { type: 'heading', attrs: { level }, content: text(value) };
}

export function codeBlock(value: string): AdfBlock {
  return { type: 'codeBlock', content: text(value) };
}

export function bulletList(items: readonly AdfParagraph[]): AdfBlock {
  return { type: 'bulletList', content: items.map((item) => ({ type: 'listItem', content: [item] })) };
}

/** Two columns: a bold name and its value. */
export function factTable(rows: readonly (readonly [name: string, value: readonly AdfText[]])[]): AdfBlock {
  const content = rows.map(([name, value]) => ({
    type: 'tableRow' as const,
    content: [
      { type: 'tableHeader' as const, content: [paragraph(text(name))] },
      { type: 'tableCell' as const, content: [paragraph(value)] },
    ],
  }));
  return { type: 'table', content };
}

/** Takes out control characters and lone surrogates, which Jira refuses or shows as rubbish. */
export function cleanText(value: string): string {
  let clean = '';
  for (const character of value) {
    const point = character.codePointAt(0) ?? 0;
    const control =
      point < 0x20
        ? point !== 0x0a
        : (point >= 0x7f && point < 0xa0) || (point >= 0xd800 && point < 0xe000) || point === 0xfffe || point === 0xffff;
    clean += control ? (point === 0x09 ? ' ' : '') : character;
  }
  return clean;
}
