import type { Json } from '../../findings/json.ts';
import type { IssueDraft } from '../../issues/issue-draft.ts';
import { OWN_FIELDS } from '../../rules/issue-fields.ts';
import { propertyPath } from '../../rules/json-path.ts';
import type { CreateField, CreateScreen } from '../project/create-screen.ts';
import { PLACES, type FieldProblem } from './field-problem.ts';
import { fieldValue, peopleIn, type AccountIds } from './field-value.ts';
import { fitValue } from './fit-value.ts';
import { oneOf } from './value-forms.ts';

/**
 * What has filled the templates of a draft. `example`: values that stand for those of any finding, so that neither choices nor people are
 * compared with them, but the form of the value is.
 */
export type FilledBy = 'finding' | 'example';

/** A field that a rule sets in `fields`. */
export type OtherField =
  | { readonly is: 'value'; readonly id: string; readonly value: unknown }
  /** A template yielded nothing: the field counts as one that the rule does not set. */
  | { readonly is: 'empty' }
  /** `id` null: it is not known which field is meant. */
  | { readonly is: 'problem'; readonly id: string | null; readonly problem: FieldProblem };

/** The value of a field that a draft names, in Jira's form. Pure. */
export function otherField(draft: IssueDraft, screen: CreateScreen, name: string, by: FilledBy, people: AccountIds): OtherField {
  const part = propertyPath('fields', name);
  const problem = (message: string): OtherField => ({ is: 'problem', id: null, problem: { code: 'field-unknown', part, message } });
  const where = `"${draft.issueType}" in ${draft.projectKey}`;
  const field = fieldNamed(screen, name);
  if (field === 'unknown') return problem(`${where} has no field "${name}" on its create screen; it has ${namesOn(screen)}`);
  if (field === 'ambiguous')
    return problem(`more than one field of ${where} is named "${name}"; say the id instead, such as customfield_10042`);
  if (OWN_FIELDS.some((id) => id === field.id))
    return problem(`the field "${name}" is set by a property of its own, ${PLACES[field.id] ?? field.id}`);
  const value = givenValue(draft, name, field);
  if (value === 'empty') return { is: 'empty' };
  const isExample = by === 'example' && value.filled;
  const read = isExample
    ? fieldValue({ ...field, choices: null }, value.given, likelyPeople(field, value.given))
    : fieldValue(field, value.given, people);
  if (read.ok) return { is: 'value', id: field.id, value: read.value };
  const found = value.filled && typeof value.given === 'string' ? `, and the template yields ${JSON.stringify(value.given)}` : '';
  const message = `the field ${field.id} "${field.name}" takes ${read.expected}${isExample ? `${found} for an example` : found}`;
  return { is: 'problem', id: field.id, problem: { code: 'field-value-unfit', part, message } };
}

/**
 * The value that a draft has for a field; one with a template in it fits the field. `empty`: the template yielded nothing.
 * @param field null: not known
 */
export function givenValue(
  { fields, filled }: IssueDraft,
  name: string,
  field: CreateField | null,
): { readonly given: Json; readonly filled: boolean } | 'empty' {
  const given = fields[name] ?? null;
  if (!filled.includes(propertyPath('fields', name))) return { given, filled: false };
  const fit = fitValue(field, given);
  return fit === null ? 'empty' : { given: fit, filled: true };
}

/** The field that a rule means, by its id, else by its name. */
export function fieldNamed(screen: CreateScreen, given: string): CreateField | 'unknown' | 'ambiguous' {
  const byId = screen.fields.get(given);
  if (byId !== undefined) return byId;
  const meant = given.trim().toLowerCase();
  const [field, ...others] = [...screen.fields.values()].filter(({ name }) => name.trim().toLowerCase() === meant);
  if (others.length > 0) return 'ambiguous';
  return field ?? 'unknown';
}

/** An account for everything that looks like an address. */
function likelyPeople(field: CreateField, given: Json): AccountIds {
  return new Map(peopleIn(field, given).flatMap((who) => (/^[^\s@]+@[^\s@]+$/.test(who) ? [[who, 'somebody']] : [])));
}

function namesOn(screen: CreateScreen): string {
  const names = [...screen.fields.values()]
    .filter(({ id }) => !OWN_FIELDS.some((own) => own === id))
    .map(({ id, name }) => ({ label: `${id} "${name}"` }));
  return names.length === 0 ? 'no other fields' : oneOf(names).replace(/^one of /, '');
}
