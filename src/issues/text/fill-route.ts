import { isJsonObject, type Json } from '../../findings/json.ts';
import { fillTemplate } from '../../rules/fill-template.ts';
import { itemPath, propertyPath } from '../../rules/json-path.ts';
import { isTemplate, parseTemplate } from '../../rules/template.ts';
import type { TemplateValues } from '../../rules/template-paths.ts';
import type { IssueDraft } from '../issue-draft.ts';
import type { IssueRoute } from '../issue-route.ts';
import { cleanText } from './adf.ts';
import { labelFrom, oneLine } from './fit-text.ts';

/** The parts of a route that may hold templates. */
type Templated = Pick<IssueRoute, 'labels' | 'components' | 'assignee' | 'fallbackAssignee' | 'fields'>;
export type FilledRoute = Pick<IssueDraft, keyof Templated | 'filled'>;

/** Characters of the name of a component, or of the words for an assignee, UTF-16 units. */
const MAX_NAME = 255;

/**
 * Puts a finding's values into labels, components, assignee and fields. A label is made valid, and the values of fields are fitted to their
 * field where it is known; a label, a component or an assignee that is empty is left out. The templates were checked when the rule was
 * saved. Pure.
 */
export function fillRoute({ labels, components, assignee, fallbackAssignee, fields }: Templated, values: TemplateValues): FilledRoute {
  const named = components.map((name) => ({
    name: isTemplate(name) ? oneLine(filled(name, values), MAX_NAME) : name,
    isFilled: isTemplate(name),
  }));
  const kept = named.filter(
    ({ name, isFilled }, index) => !isFilled || (name !== '' && named.findIndex((one) => one.name === name) === index),
  );
  return {
    labels: labels.map((label) => (isTemplate(label) ? labelFrom(filled(label, values)) : label)).filter((label) => label !== ''),
    components: kept.map(({ name }) => name),
    assignee: person(assignee, values),
    fallbackAssignee: person(fallbackAssignee, values),
    fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, fillJson(value, values)])),
    filled: [
      ...kept.flatMap(({ isFilled }, index) => (isFilled ? [itemPath('components', index)] : [])),
      ...Object.entries(fields).flatMap(([name, value]) => (hasTemplate(value) ? [propertyPath('fields', name)] : [])),
    ],
  };
}

/** Words that name no person stay, so that the history can say so; they are never looked up. */
function person(template: string | null, values: TemplateValues): string | null {
  if (template === null || !isTemplate(template)) return template;
  const who = oneLine(filled(template, values), MAX_NAME);
  return who === '' ? null : who;
}

/** Whether a text of a value, at any depth, is a template. */
function hasTemplate(value: Json): boolean {
  if (typeof value === 'string') return isTemplate(value);
  if (Array.isArray(value)) return value.some((one: Json) => hasTemplate(one));
  return isJsonObject(value) && Object.values(value).some((one) => hasTemplate(one));
}

function fillJson(value: Json, values: TemplateValues): Json {
  if (typeof value === 'string') return isTemplate(value) ? cleanText(filled(value, values)) : value;
  if (Array.isArray(value)) return value.map((one: Json) => fillJson(one, values));
  return isJsonObject(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fillJson(one, values)])) : value;
}

function filled(template: string, values: TemplateValues): string {
  const parsed = parseTemplate(template, 'full');
  return parsed.ok ? fillTemplate(parsed.template, values) : '';
}
