import { cutText } from './cut-text.ts';
import { isTemplatePath, TEMPLATE_PATHS, templatePath, type PathKind, type TemplatePath } from './template-paths.ts';

/**
 * Text with placeholders: `{{path}}`, or `{{path | filter | filter: argument}}`. It has no logic, so its reader can tell the
 * result, and no finding can change its behaviour.
 */
export type Template = readonly TemplatePiece[];
export type TemplatePiece = string | Placeholder;

export interface Placeholder {
  readonly path: TemplatePath;
  readonly filters: readonly Filter[];
}

/** `truncate` counts UTF-16 units; `date` gives `YYYY-MM-DD` in UTC; `default` replaces a missing value. */
export type Filter =
  | { readonly name: 'truncate'; readonly most: number }
  | { readonly name: 'default' | 'join'; readonly text: string }
  | { readonly name: 'upper' | 'lower' | 'date' };

export const FILTER_NAMES = ['truncate', 'default', 'upper', 'lower', 'date', 'join'] as const;

export type ParsedTemplate = { readonly ok: true; readonly template: Template } | { readonly ok: false; readonly message: string };

const MAX_TRUNCATE = 1_000;

/** Whether a text is meant as a template. */
export function isTemplate(text: string): boolean {
  return text.includes('{{');
}

/** The text between the braces; quoted arguments may hold braces of their own. */
const PLACEHOLDER = /\{\{((?:"[^"]*"|'[^']*'|[^"'}]|\}(?!\}))*)\}\}/g;

const FILTER = /\s*\|\s*([A-Za-z-]+)(?:\s*:\s*("[^"]*"|'[^']*'|\d{1,9}))?/y;

/**
 * Parses a template. @param content `minimal` refuses paths that reveal who has access
 * @returns a message that completes `<path>: …`: the problem and the expectation
 */
export function parseTemplate(text: string, content: 'full' | 'minimal'): ParsedTemplate {
  const template: TemplatePiece[] = [];
  let at = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const before = text.slice(at, match.index);
    if (before.includes('{{')) return unclosed();
    const placeholder = parsePlaceholder(match[1] ?? '', content);
    if (typeof placeholder === 'string') return { ok: false, message: placeholder };
    if (before !== '') template.push(before);
    template.push(placeholder);
    at = match.index + match[0].length;
  }
  const rest = text.slice(at);
  if (rest.includes('{{')) return unclosed();
  return { ok: true, template: rest === '' ? template : [...template, rest] };
}

function unclosed(): ParsedTemplate {
  return { ok: false, message: 'expected }} after every {{, and quotes in pairs' };
}

/** @returns the problem, as text */
function parsePlaceholder(inside: string, content: 'full' | 'minimal'): Placeholder | string {
  const [, path = '', rest = ''] = /^\s*([^\s|]*)([^]*)$/.exec(inside) ?? [];
  if (!isTemplatePath(path))
    return `unknown path ${JSON.stringify(cutText(path, 80))} in {{ }}, expected one of ${Object.keys(TEMPLATE_PATHS).join(', ')}`;
  const { isPolicy, isOwner } = templatePath(path);
  if (content === 'minimal' && isPolicy === true)
    return `${path} tells who has access or what they may do, expected only with content "full"`;
  if (content === 'minimal' && isOwner === true) return `${path} tells whose the resource is, expected only with content "full"`;
  const filters = parseFilters(rest, path);
  return typeof filters === 'string' ? filters : { path, filters };
}

function parseFilters(text: string, path: TemplatePath): readonly Filter[] | string {
  const filters: Filter[] = [];
  let kind: PathKind = templatePath(path).kind;
  let at = 0;
  while (text.slice(at).trim() !== '') {
    FILTER.lastIndex = at;
    const match = FILTER.exec(text);
    if (match === null) return `expected | and a filter after ${path}, such as | truncate: 40`;
    const filter = toFilter(match[1] ?? '', match[2] ?? null, kind);
    if (typeof filter === 'string') return filter;
    filters.push(filter);
    kind = 'text';
    at = FILTER.lastIndex;
  }
  return filters;
}

function toFilter(name: string, argument: string | null, kind: PathKind): Filter | string {
  switch (name) {
    case 'truncate':
      return truncateFilter(Number(argument ?? 'none'));
    case 'default':
    case 'join':
      return name === 'join' && kind !== 'list' ? 'expected join only right after a list' : textFilter(name, argument);
    case 'upper':
    case 'lower':
    case 'date':
      return name === 'date' && kind !== 'time' ? 'expected date only right after a time' : plainFilter(name, argument);
    default:
      return `unknown filter ${JSON.stringify(cutText(name, 40))}, expected one of ${FILTER_NAMES.join(', ')}`;
  }
}

function truncateFilter(most: number): Filter | string {
  return Number.isInteger(most) && most >= 1 && most <= MAX_TRUNCATE
    ? { name: 'truncate', most }
    : `expected truncate: and a whole number from 1 to ${MAX_TRUNCATE}`;
}

function textFilter(name: 'default' | 'join', argument: string | null): Filter | string {
  const text = /^(["'])(.*)\1$/s.exec(argument ?? '')?.[2];
  return text === undefined ? `expected ${name}: and a text in quotes` : { name, text };
}

function plainFilter(name: 'upper' | 'lower' | 'date', argument: string | null): Filter | string {
  return argument === null ? { name } : `expected no argument after ${name}`;
}
