import { markdownToAdf } from 'marklassian';
import { isJsonObject } from '../findings/json.ts';
import { parseTemplate, type Placeholder, type Template, type TemplatePiece } from './template.ts';

/** Text in a section, before its values are filled in. */
export interface SectionText {
  readonly text: Template;
  readonly marks: readonly SectionMark[];
}

export type SectionMark = { readonly type: 'strong' | 'em' | 'strike' | 'code' } | { readonly type: 'link'; readonly href: string };

/** The blocks of a section. Any other Markdown becomes paragraphs with its text. */
export type SectionBlock =
  | SectionInner
  | { readonly type: 'heading'; readonly level: number; readonly content: readonly SectionText[] }
  | { readonly type: 'blockquote'; readonly content: readonly SectionInner[] }
  | { readonly type: 'table'; readonly rows: readonly (readonly SectionCell[])[] }
  | { readonly type: 'rule' };

/** The blocks that are also allowed in a list or a quote. */
export type SectionInner = SectionParagraph | SectionCode | SectionList;

interface SectionParagraph {
  readonly type: 'paragraph';
  readonly content: readonly SectionText[];
}

interface SectionCode {
  readonly type: 'codeBlock';
  readonly content: readonly SectionText[];
}

interface SectionList {
  readonly type: 'bulletList' | 'orderedList';
  readonly items: readonly (readonly SectionInner[])[];
}

export interface SectionCell {
  readonly isHeader: boolean;
  readonly content: readonly SectionText[];
}

export type ParsedSection =
  | { readonly ok: true; readonly blocks: readonly SectionBlock[] }
  | { readonly ok: false; readonly message: string };

/**
 * More than a section needs, and less than what takes the Markdown parser seconds: its work grows with the square of the characters that
 * could begin a link or an emphasis and do not.
 */
const LIMITS: readonly (readonly [form: RegExp, most: number, what: string])[] = [
  [/\]\(/g, 50, 'links'],
  [/\(/g, 200, 'opening parentheses'],
  [/[*_]/g, 300, '* and _'],
];
const DEEP = /^(?:[ \t]*(?:[>*+-]|\d{1,9}[.)])){11}/m;
const MAX_DEPTH = 10;

/** Characters of the private use area: they replace text that the Markdown parser must not interpret. */
const [OPEN, CLOSE, LESS, BANG] = ['\ue000', '\ue001', '\ue002', '\ue003'];

/**
 * Parses a section's Markdown. Values are filled in later and into texts only, so none can become markup; `<` is a character like any
 * other, so neither HTML nor the ready-made document nodes of the converter get in; pictures become links.
 * @returns a message that completes `<path>: …`
 */
export function parseSection(markdown: string, content: 'full' | 'minimal'): ParsedSection {
  const parsed = parseTemplate(markdown.replaceAll(/[\ue000-\ue003]/g, ''), content);
  if (!parsed.ok) return parsed;
  const holes = parsed.template.filter((piece) => typeof piece !== 'string');
  let next = 0;
  const source = parsed.template.map((piece) => (typeof piece === 'string' ? hidden(piece) : `${OPEN}${next++}${CLOSE}`)).join('');
  const tooMuch = LIMITS.find(([form, most]) => (source.match(form)?.length ?? 0) > most);
  if (tooMuch !== undefined) return refused(`expected at most ${tooMuch[1]} ${tooMuch[2]}`);
  if (DEEP.test(source)) return refused(`expected at most ${MAX_DEPTH} lists and quotes inside each other`);
  return convert(source, holes);
}

function hidden(markdown: string): string {
  return markdown.replaceAll('<', LESS).replaceAll('![', `!${BANG}[`);
}

function refused(message: string): ParsedSection {
  return { ok: false, message };
}

function convert(source: string, holes: readonly Placeholder[]): ParsedSection {
  const reader = createReader(holes);
  try {
    const blocks = reader.blocks(markdownToAdf(source).content, 1);
    const [problem] = reader.problems;
    return problem === undefined ? { ok: true, blocks } : refused(problem);
  } catch (error) {
    // The converter recurses; Markdown that is too deep for it is no text for people.
    if (error instanceof RangeError) return refused('expected simpler Markdown, with less inside each other');
    throw error;
  }
}

interface Reader {
  readonly blocks: (nodes: unknown, depth: number) => readonly SectionBlock[];
  readonly problems: readonly string[];
}

function createReader(holes: readonly Placeholder[]): Reader {
  const problems: string[] = [];

  /** Restores the hidden characters and the placeholders. */
  function templateOf(text: string): Template {
    return text.split(/(\ue000\d+\ue001)/).flatMap((part): readonly TemplatePiece[] => {
      const hole = /^\ue000(\d+)\ue001$/.exec(part)?.[1];
      const found = hole === undefined ? undefined : holes[Number(hole)];
      if (found !== undefined) return [found];
      const plain = shown(part);
      return plain === '' ? [] : [plain];
    });
  }

  function blocks(nodes: unknown, depth: number): readonly SectionBlock[] {
    return childrenOf(nodes).flatMap((node) => block(node, depth));
  }

  function block(node: Node, depth: number): readonly SectionBlock[] {
    if (depth > MAX_DEPTH) return paragraphOf(node);
    switch (node.type) {
      case 'heading':
        return filledIn({ type: 'heading', level: Number(node.attrs['level']), content: texts(node.content) });
      case 'codeBlock':
        return filledIn({ type: 'codeBlock', content: texts(node.content).map(({ text }) => ({ text, marks: [] })) });
      case 'bulletList':
      case 'orderedList':
      case 'taskList':
        return list(node, depth);
      case 'blockquote':
        return filledIn({ type: 'blockquote', content: blocks(node.content, depth + 1).flatMap(inList) });
      case 'rule':
        return [{ type: 'rule' }];
      case 'table':
        return [{ type: 'table', rows: childrenOf(node.content).map((row) => childrenOf(row.content).map(cell)) }];
      default:
        return paragraphOf(node);
    }
  }

  function paragraphOf(node: Node): readonly SectionBlock[] {
    return filledIn({ type: 'paragraph', content: texts([node]) });
  }

  function list(node: Node, depth: number): readonly SectionBlock[] {
    const items = childrenOf(node.content).map((item) => {
      const isTask = item.type === 'taskItem';
      const inside = isTask ? filledIn({ type: 'paragraph', content: texts(item.content) }) : blocks(item.content, depth + 1);
      return inside.flatMap(inList);
    });
    const full = items.filter((item) => item.length > 0);
    return full.length === 0 ? [] : [{ type: node.type === 'orderedList' ? 'orderedList' : 'bulletList', items: full }];
  }

  function cell(node: Node): SectionCell {
    return { isHeader: node.type === 'tableHeader', content: texts(node.content) };
  }

  /** All text below the nodes, in order. */
  function texts(nodes: unknown): readonly SectionText[] {
    return childrenOf(nodes).flatMap((node) => {
      if (node.type === 'hardBreak') return [{ text: [' '], marks: [] }];
      if (node.type !== 'text') return texts(node.content);
      const text = templateOf(node.text);
      return text.length === 0 ? [] : [{ text, marks: marksOf(node) }];
    });
  }

  function marksOf({ marks }: Node): readonly SectionMark[] {
    const found = childrenOf(marks).flatMap((mark): readonly SectionMark[] => {
      const { type } = mark;
      if (type === 'link') return linkMark(mark.attrs['href']);
      return type === 'strong' || type === 'em' || type === 'strike' || type === 'code' ? [{ type }] : [];
    });
    return found.some(({ type }) => type === 'code') ? found.filter(({ type }) => type === 'code' || type === 'link') : found;
  }

  function linkMark(href: unknown): readonly SectionMark[] {
    const address = typeof href === 'string' ? shown(href) : '';
    if (address.includes(OPEN) || /%EE%80%80/i.test(address)) problems.push('expected no {{ }} in the address of a link');
    else if (/^(?:https:\/\/[^\s/]|mailto:[^\s])/i.test(address) && URL.canParse(address)) return [{ type: 'link', href: address }];
    else problems.push('expected links to https: and mailto: only');
    return [];
  }

  return { blocks, problems };
}

function shown(text: string): string {
  return text.replaceAll(LESS, '<').replaceAll(BANG, '');
}

function filledIn<const B extends { readonly content: readonly unknown[] }>(block: B): readonly B[] {
  return block.content.length === 0 ? [] : [block];
}

/** A block that is not allowed in a list or a quote is replaced by its content. */
function inList(block: SectionBlock): readonly SectionInner[] {
  switch (block.type) {
    case 'heading':
      return [{ type: 'paragraph', content: block.content }];
    case 'blockquote':
      return block.content;
    case 'table':
      return block.rows.flatMap((row) => filledIn({ type: 'paragraph', content: row.flatMap(({ content }) => content) }));
    case 'rule':
      return [];
    case 'paragraph':
    case 'codeBlock':
    case 'bulletList':
    case 'orderedList':
      return [block];
    default:
      return block satisfies never;
  }
}

/** A node of the converter, read without assumptions about its shape. */
interface Node {
  readonly type: string;
  readonly text: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly content: unknown;
  readonly marks: unknown;
}

function childrenOf(nodes: unknown): readonly Node[] {
  return (Array.isArray(nodes) ? nodes : []).filter(isJsonObject).map(({ type, text, attrs, content, marks }) => ({
    type: typeof type === 'string' ? type : '',
    text: typeof text === 'string' ? text : '',
    attrs: isJsonObject(attrs) ? attrs : {},
    content,
    marks,
  }));
}
