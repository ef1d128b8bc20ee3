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
type Templated = Pick<IssueRoute, 'content' | 'labels' | 'components' | 'assignee' | 'fallbackAssignee' | 'fields'>;
export type FilledRoute = Pick<IssueDraft, Exclude<keyof Templated, 'content'> | 'filled'>;

/** Characters of the name of a component, or of the words for an assignee, UTF-16 units. */
const MAX_NAME = 255;

/**
 * Puts a finding's values into labels, components, assignee and fields. A label is made valid, and the values of fields are fitted to their
 * field where it is known; a label, a component or an assignee that is empty is left out. Pure.
 */
export function fillRoute(route: Templated, values: TemplateValues): FilledRoute {
  const { labels, components, assignee, fallbackAssignee, fields } = route;
  const fill = filling(values, route.content);
  const named = components.map((name) => ({
    name: isTemplate(name) ? oneLine(fill(name), MAX_NAME) : name,
    isFilled: isTemplate(name),
  }));
  const kept = named.filter(
    ({ name, isFilled }, index) => !isFilled || (name !== '' && named.findIndex((one) => one.name === name) === index),
  );
  return {
    labels: labels.map((label) => (isTemplate(label) ? labelFrom(fill(label)) : label)).filter((label) => label !== ''),
    components: kept.map(({ name }) => name),
    assignee: person(assignee, fill),
    fallbackAssignee: person(fallbackAssignee, fill),
    fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, fillJson(value, fill)])),
    filled: [
      ...kept.flatMap(({ isFilled }, index) => (isFilled ? [itemPath('components', index)] : [])),
      ...Object.entries(fields).flatMap(([name, value]) => (hasTemplate(value) ? [propertyPath('fields', name)] : [])),
    ],
  };
}

/** Words that name no person stay, so that the history can say so; they are never looked up. */
function person(template: string | null, fill: Fill): string | null {
  if (template === null || !isTemplate(template)) return template;
  const who = oneLine(fill(template), MAX_NAME);
  return who === '' ? null : who;
}

/** Whether a text of a value, at any depth, is a template. */
function hasTemplate(value: Json): boolean {
  if (typeof value === 'string') return isTemplate(value);
  if (Array.isArray(value)) return value.some((one: Json) => hasTemplate(one));
  return isJsonObject(value) && Object.values(value).some((one) => hasTemplate(one));
}

function fillJson(value: Json, fill: Fill): Json {
  if (typeof value === 'string') return isTemplate(value) ? cleanText(fill(value)) : value;
  if (Array.isArray(value)) return value.map((one: Json) => fillJson(one, fill));
  return isJsonObject(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fillJson(one, fill)])) : value;
}

type Fill = (template: string) => string;

/** Templates are checked when a rule is saved; braces that an earlier version saved as mere text stay so. */
function filling(values: TemplateValues, content: IssueRoute['content']): Fill {
  return (template) => {
    const parsed = parseTemplate(template, content);
    return parsed.ok ? fillTemplate(parsed.template, values) : template;
  };
}
