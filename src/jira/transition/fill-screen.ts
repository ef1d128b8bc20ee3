import { isJsonObject } from '../../findings/json.ts';
import type { Failure } from '../../issues/failure.ts';
import type { TransitionIntent } from '../../issues/group-record.ts';
import type { CloseFields } from '../../rules/routing-rule.ts';
import { mayBeChosen } from '../fields/field-value.ts';
import { saysWont } from './plan-path.ts';
import type { ScreenField, ScreenValue, Transition } from './workflow-map.ts';

/** The purpose of a hop. */
export interface HopPurpose {
  readonly to: TransitionIntent['to'];
  /** The hop that arrives: resolution and comment belong to it. */
  readonly isLast: boolean;
  readonly closing: CloseFields | null;
}

/** Field values by field id, as the REST API takes them. */
export type FieldValues = Readonly<Record<string, unknown>>;

export type Filled = { readonly ok: true; readonly fields: FieldValues } | { readonly ok: false; readonly failure: Failure };

/** The usual names of a resolution for work that was done, best first. */
const FIXED_RESOLUTIONS = ['done', 'fixed', 'resolved', 'complete', 'completed'];

/**
 * The fields to send with a transition: the rule's values, the only allowed value of a required field, and the resolution. Pure.
 * A required field without a value is a failure, before anything is sent.
 */
export function fillScreen(transition: Transition, purpose: HopPurpose): Filled {
  const fields: Record<string, unknown> = {};
  for (const field of transition.fields) {
    if (field.id === 'comment') continue;
    const value = field.id === 'resolution' ? resolutionFor(field, purpose) : valueFor(field, purpose);
    if (value !== undefined) fields[field.id] = value;
    else if (field.required || isNotTaken(field, purpose))
      return { ok: false, failure: fieldRequired(transition.name, field, purpose.closing) };
  }
  // Now and then Jira lists fewer fields than a screen has: the resolution of a rule is tried.
  const isUnlisted = purpose.isLast && transition.hasScreen && !Object.hasOwn(fields, 'resolution');
  const resolution = isUnlisted ? ruleValue(purpose, 'resolution') : undefined;
  return { ok: true, fields: resolution === undefined ? fields : { ...fields, resolution } };
}

/** The rule's value for a field, for closing only; undefined: it has none. */
export function ruleValue({ to, closing }: Pick<HopPurpose, 'to' | 'closing'>, id: string): unknown {
  if (to !== 'closed' || closing === null) return undefined;
  const { resolution, fields = {} } = closing;
  if (id === 'resolution') return resolution === undefined ? undefined : { name: resolution };
  return Object.hasOwn(fields, id) ? fields[id] : undefined;
}

/** Whether the value of a field is the rule's, and not our choice. */
export function isOfRule(purpose: Pick<HopPurpose, 'to' | 'closing'>, id: string): boolean {
  return ruleValue(purpose, id) !== undefined;
}

/** The fields of an edit that are still to be set. A value that Jira refuses for good is dropped, except the rule's: an admin can fix the rule. */
export function fieldsLeft(fields: FieldValues, failure: Failure | null, purpose: Pick<HopPurpose, 'to' | 'closing'>): FieldValues {
  if (failure === null) return {};
  const isFinal = failure.retry.when === 'seldom';
  return Object.fromEntries(Object.entries(fields).filter(([id]) => !isFinal || isOfRule(purpose, id)));
}

/** The resolution to send where the choices are not known. */
export function unlistedResolution(purpose: HopPurpose): unknown {
  return purpose.to === 'closed' ? (ruleValue(purpose, 'resolution') ?? { name: 'Done' }) : null;
}

/** Characters of a rule's value in a message. */
const MAX_VALUE = 200;

export function fieldRequired(
  transition: string,
  field: Pick<ScreenField, 'id' | 'name' | 'values'>,
  closing: CloseFields | null,
  words: string | null = null,
): Failure {
  const place = field.id === 'resolution' ? 'close.resolution' : `close.fields.${field.id}`;
  const listed =
    field.values.length === 0
      ? ''
      : ` (one of ${field.values
          .slice(0, 10)
          .map(({ label }) => label)
          .join(', ')})`;
  const ofRule = field.id === 'resolution' ? closing?.resolution : closing?.fields?.[field.id];
  const given = ofRule === undefined ? '' : ` and does not take the rule's ${JSON.stringify(ofRule).slice(0, MAX_VALUE)}`;
  return {
    code: 'jira-field-required',
    message: `The transition "${transition}" asks for the field ${field.id} "${field.name}"${given}; give it a value in the rule's ${place}${listed}, or make it optional`,
    words,
    retry: { when: 'backoff' },
  };
}

/** @returns undefined: nothing to send; null: cleared, since an open issue has no resolution */
function resolutionFor(field: ScreenField, purpose: HopPurpose): unknown {
  if (purpose.to === 'open') return purpose.isLast ? null : undefined;
  if (!purpose.isLast && !field.required) return undefined;
  if (field.values.length === 0) return unlistedResolution(purpose);
  const wanted = purpose.closing?.resolution;
  const chosen =
    wanted === undefined ? sensible(field.values) : field.values.find(({ label }) => label.toLowerCase() === wanted.toLowerCase());
  return chosen === undefined ? undefined : refer(chosen);
}

function sensible(values: readonly ScreenValue[]): ScreenValue | undefined {
  for (const name of FIXED_RESOLUTIONS) {
    const value = values.find(({ label }) => label.toLowerCase() === name);
    if (value !== undefined) return value;
  }
  return values.find(({ label }) => !saysWont(label));
}

/** The rule's values are for closing only. An optional field is sent only where the rule has a value for it. */
function valueFor(field: ScreenField, purpose: HopPurpose): unknown {
  const given = ruleValue(purpose, field.id);
  if (given !== undefined) return isOffered(field, given) ? given : undefined;
  const [only, ...others] = field.values;
  if (!field.required || only === undefined || others.length > 0) return undefined;
  return field.isList ? [refer(only)] : refer(only);
}

function refer({ id, label }: ScreenValue): { readonly id: string } | { readonly name: string } {
  return id === null ? { name: label } : { id };
}

/** False for a value, or one of a list, that is an object and names a choice which is not there: Jira would refuse it. */
function isOffered({ values }: ScreenField, given: unknown): boolean {
  return values.length === 0 || [given].flat().every((one) => !isJsonObject(one) || mayBeChosen(one, values));
}

/** The rule's value can't be chosen: closing with another one, or none, would hide the mistake. */
function isNotTaken(field: ScreenField, purpose: HopPurpose): boolean {
  return isOfRule(purpose, field.id) && (field.id !== 'resolution' || purpose.isLast);
}
