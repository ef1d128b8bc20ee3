import { isJsonObject, type Json, type JsonObject } from '../../findings/json.ts';

/**
 * Whether Jira accepts a document, checked strictly for nesting, attributes and marks.
 * Nodes that an issue of a service does not need (media, extensions, layouts, task lists) are refused.
 * @returns the place and the problem, such as `content[0]: heading needs level`; null for a valid document
 */
export function adfProblem(document: Json): string | null {
  if (!isJsonObject(document) || document['type'] !== 'doc') return 'the root is not a doc';
  if (document['version'] !== 1) return 'the version of the doc is not 1';
  if (document['attrs'] !== undefined) return 'a doc has no attrs';
  const { version: _version, ...node } = document;
  return nodeProblem(node, '');
}

interface NodeRule {
  readonly attrs?: Readonly<Record<string, (value: Json) => boolean>>;
  readonly needs?: readonly string[];
  /** True: `attrs` itself must be there, even when it is empty. */
  readonly needsAttrs?: boolean;
  /** Absent: the node has no content. */
  readonly content?: { readonly of: readonly string[]; readonly least: 0 | 1; readonly may?: 'be-absent' };
}

const INLINE = ['text', 'hardBreak', 'inlineCard', 'status', 'date', 'mention', 'emoji'];
const IN_LIST_ITEM = ['paragraph', 'bulletList', 'orderedList', 'codeBlock'];
const IN_PANEL = ['paragraph', 'heading', 'bulletList', 'orderedList', 'codeBlock', 'rule'];
const IN_CELL = [...IN_PANEL, 'panel', 'blockquote', 'nestedExpand'];
const IN_EXPAND = [...IN_PANEL, 'panel', 'blockquote', 'table', 'nestedExpand'];
const IN_DOC = [...IN_PANEL, 'panel', 'blockquote', 'table', 'expand'];

const isString = (value: Json): boolean => typeof value === 'string';
const isFilled = (value: Json): boolean => typeof value === 'string' && value !== '';
const isNumber = (value: Json): boolean => typeof value === 'number';
const isFlag = (value: Json): boolean => typeof value === 'boolean';
const oneOf =
  (...values: readonly string[]) =>
  (value: Json): boolean =>
    typeof value === 'string' && values.includes(value);
const matching =
  (shape: RegExp) =>
  (value: Json): boolean =>
    typeof value === 'string' && shape.test(value);

const CELL: NodeRule = {
  attrs: {
    colspan: isNumber,
    rowspan: isNumber,
    colwidth: (value) => Array.isArray(value) && value.every(isNumber),
    background: isString,
    valign: oneOf('top', 'middle', 'bottom'),
  },
  content: { of: IN_CELL, least: 1 },
};

const RULES: Readonly<Record<string, NodeRule>> = {
  doc: { content: { of: IN_DOC, least: 0 } },
  paragraph: { content: { of: INLINE, least: 0, may: 'be-absent' } },
  heading: {
    attrs: { level: (value) => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 6 },
    needs: ['level'],
    content: { of: INLINE, least: 0, may: 'be-absent' },
  },
  bulletList: { content: { of: ['listItem'], least: 1 } },
  orderedList: { attrs: { order: (value) => typeof value === 'number' && value >= 0 }, content: { of: ['listItem'], least: 1 } },
  listItem: { content: { of: IN_LIST_ITEM, least: 1 } },
  codeBlock: {
    attrs: { language: isString, uniqueId: isString, wrap: isFlag, hideLineNumbers: isFlag },
    content: { of: ['text'], least: 0, may: 'be-absent' },
  },
  panel: {
    attrs: {
      panelType: oneOf('info', 'note', 'tip', 'warning', 'error', 'success', 'custom'),
      panelIcon: isString,
      panelIconId: isString,
      panelIconText: isString,
      panelColor: isString,
    },
    needs: ['panelType'],
    content: { of: IN_PANEL, least: 1 },
  },
  blockquote: { content: { of: ['paragraph', 'bulletList', 'orderedList', 'codeBlock'], least: 1 } },
  rule: {},
  expand: { attrs: { title: isString }, content: { of: IN_EXPAND, least: 1 } },
  nestedExpand: { attrs: { title: isString }, needsAttrs: true, content: { of: [...IN_PANEL, 'panel', 'blockquote'], least: 1 } },
  table: {
    attrs: {
      displayMode: oneOf('default', 'fixed'),
      isNumberColumnEnabled: isFlag,
      layout: oneOf('wide', 'full-width', 'center', 'align-end', 'align-start', 'default'),
      localId: isFilled,
      width: isNumber,
    },
    content: { of: ['tableRow'], least: 1 },
  },
  tableRow: { content: { of: ['tableHeader', 'tableCell'], least: 1 } },
  tableHeader: CELL,
  tableCell: CELL,
  hardBreak: { attrs: { text: oneOf('\n') } },
  inlineCard: { attrs: { url: isString }, needs: ['url'] },
  status: {
    attrs: { text: isFilled, color: matching(/^(neutral|purple|blue|red|yellow|green|#[0-9a-fA-F]{6})$/), style: isString },
    needs: ['text', 'color'],
  },
  date: { attrs: { timestamp: isFilled }, needs: ['timestamp'] },
  mention: { attrs: { id: isString, text: isString }, needs: ['id'] },
  emoji: { attrs: { shortName: isString, id: isString, text: isString }, needs: ['shortName'] },
};

const MARKS: Readonly<
  Record<string, { readonly attrs: Readonly<Record<string, (value: Json) => boolean>>; readonly needs: readonly string[] }>
> = {
  strong: { attrs: {}, needs: [] },
  em: { attrs: {}, needs: [] },
  code: { attrs: {}, needs: [] },
  strike: { attrs: {}, needs: [] },
  underline: { attrs: {}, needs: [] },
  subsup: { attrs: { type: oneOf('sub', 'sup') }, needs: ['type'] },
  textColor: { attrs: { color: matching(/^#[0-9a-fA-F]{6}$/) }, needs: ['color'] },
  link: { attrs: { href: isString, title: isString, id: isString, collection: isString, occurrenceKey: isString }, needs: ['href'] },
};

function nodeProblem(node: Json, path: string): string | null {
  if (!isJsonObject(node)) return `${path}: is not a node`;
  const { type } = node;
  if (type === 'text') return textProblem(node, path);
  const rule = typeof type === 'string' && Object.hasOwn(RULES, type) ? RULES[type] : undefined;
  if (rule === undefined) return `${path}: unknown node ${JSON.stringify(type)?.slice(0, 60)}`;
  const extra = Object.keys(node).find(
    (name) => name !== 'type' && name !== 'attrs' && !(name === 'content' && rule.content !== undefined),
  );
  if (extra !== undefined) return `${path}: ${type} has no property ${extra}`;
  return attrsProblem(node, rule.attrs ?? {}, rule.needs ?? [], rule.needsAttrs ?? false, path) ?? contentProblem(node, rule, path);
}

function contentProblem(node: JsonObject, rule: NodeRule, path: string): string | null {
  if (rule.content === undefined) return null;
  const { of, least, may } = rule.content;
  const { content } = node;
  if (content === undefined && may === 'be-absent') return null;
  if (!Array.isArray(content) || content.length < least) return `${path}: ${node['type']} needs content`;
  for (const [position, child] of content.entries()) {
    const where = `${path}${path === '' ? '' : '.'}content[${position}]`;
    const problem = placeProblem(child, node['type'] ?? null, of, where) ?? nodeProblem(child, where);
    if (problem !== null) return problem;
  }
  return null;
}

/** Whether the node is allowed at this place; the node itself is checked afterwards. */
function placeProblem(child: Json, parent: Json, of: readonly string[], where: string): string | null {
  if (!isJsonObject(child)) return `${where}: is not a node`;
  const { type } = child;
  if (typeof type !== 'string' || !of.includes(type)) return `${where}: ${JSON.stringify(type)?.slice(0, 60)} is not allowed in ${parent}`;
  return parent === 'codeBlock' && child['marks'] !== undefined ? `${where}: no marks in a codeBlock` : null;
}

function textProblem(node: JsonObject, path: string): string | null {
  if (!isFilled(node['text'] ?? null)) return `${path}: empty text`;
  const extra = Object.keys(node).find((name) => !['type', 'text', 'marks'].includes(name));
  if (extra !== undefined) return `${path}: text has no property ${extra}`;
  const marks = node['marks'] ?? [];
  if (!Array.isArray(marks)) return `${path}: marks are not a list`;
  const wrong = marks.map((mark) => markProblem(mark, path)).find((problem) => problem !== null);
  if (wrong !== undefined) return wrong;
  const kinds = marks.map((mark) => (isJsonObject(mark) ? mark['type'] : null));
  if (new Set(kinds).size < kinds.length) return `${path}: a mark is repeated`;
  const besideCode = kinds.find((kind) => kind !== 'code' && kind !== 'link');
  return kinds.includes('code') && besideCode !== undefined ? `${path}: ${besideCode} is not allowed beside code` : null;
}

function markProblem(mark: Json, path: string): string | null {
  const kind = isJsonObject(mark) ? mark['type'] : undefined;
  const rule = typeof kind === 'string' && Object.hasOwn(MARKS, kind) ? MARKS[kind] : undefined;
  if (rule === undefined || !isJsonObject(mark)) return `${path}: unknown mark`;
  const extra = Object.keys(mark).find((name) => name !== 'type' && !(name === 'attrs' && rule.needs.length > 0));
  return extra === undefined ? attrsProblem(mark, rule.attrs, rule.needs, false, path) : `${path}: mark ${kind} has no ${extra}`;
}

function attrsProblem(
  node: JsonObject,
  known: Readonly<Record<string, (value: Json) => boolean>>,
  needs: readonly string[],
  needsAttrs: boolean,
  path: string,
): string | null {
  const { attrs } = node;
  if (attrs === undefined) return needs.length > 0 || needsAttrs ? `${path}: ${node['type']} needs ${needs.join(', ') || 'attrs'}` : null;
  if (!isJsonObject(attrs)) return `${path}: attrs of ${node['type']} is not an object`;
  const missing = needs.find((name) => attrs[name] === undefined);
  if (missing !== undefined) return `${path}: ${node['type']} needs ${missing}`;
  const wrong = Object.entries(attrs).find(([name, value]) => !(Object.hasOwn(known, name) ? known[name]?.(value) : false));
  return wrong === undefined ? null : `${path}: ${node['type']} has a wrong ${wrong[0]}`;
}
