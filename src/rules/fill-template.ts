import { cutText } from './cut-text.ts';
import type { Filter, Placeholder, Template } from './template.ts';
import type { TemplateValue, TemplateValues } from './template-paths.ts';

/** Maximum characters of a value that is filled in, so that no list of thousands takes all the room. */
const MAX_VALUE = 400;

/** The text of one placeholder. A missing value is empty. */
export function fillPlaceholder({ path, filters }: Placeholder, values: TemplateValues): string {
  let value: TemplateValue = values[path];
  for (const filter of filters) value = applyFilter(filter, value);
  return cutText(asText(value), MAX_VALUE);
}

function applyFilter(filter: Filter, value: TemplateValue): string {
  switch (filter.name) {
    case 'join':
      return Array.isArray(value) ? value.join(filter.text) : asText(value);
    case 'default':
      return asText(value) === '' ? filter.text : asText(value);
    case 'truncate':
      return cutText(asText(value), filter.most);
    case 'upper':
      return asText(value).toUpperCase();
    case 'lower':
      return asText(value).toLowerCase();
    case 'date':
      return asText(value).slice(0, 10);
    default:
      return filter satisfies never;
  }
}

function asText(value: TemplateValue): string {
  return typeof value === 'string' ? value : (value?.join(', ') ?? '');
}

/** The whole template as plain text. */
export function fillTemplate(template: Template, values: TemplateValues): string {
  return template.map((piece) => (typeof piece === 'string' ? piece : fillPlaceholder(piece, values))).join('');
}
