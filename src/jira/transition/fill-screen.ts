import { isJsonObject } from '../../findings/json.ts';
import type { Failure } from '../../issues/failure.ts';
import type { TransitionIntent } from '../../issues/group-record.ts';
import type { CloseOutcome, TransitionAim } from '../../rules/transition-aim.ts';
import { mayBeChosen } from '../fields/field-value.ts';
import { chooseResolution, givenResolution, resolutionReference } from './choose-resolution.ts';
import { closeUndecided, fieldRequired } from './transition-failures.ts';
import type { ScreenField, ScreenValue, Transition } from './workflow-map.ts';

/** The purpose of a hop. */
export interface HopPurpose {
  readonly to: TransitionIntent['to'];
  /** The hop that arrives: resolution and comment belong to it. */
  readonly isLast: boolean;
  /** What the rule says of the transition; null: nothing. */
  readonly aim: TransitionAim | null;
  /** Of a close. */
  readonly outcome: CloseOutcome | 'duplicate';
}

/** Field values by field id, as the REST API takes them. */
export type FieldValues = Readonly<Record<string, unknown>>;

export type Filled = { readonly ok: true; readonly fields: FieldValues } | { readonly ok: false; readonly failure: Failure };

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
    else if (field.required || isNotTaken(field, purpose)) return { ok: false, failure: whyUnfilled(transition, field, purpose) };
  }
  // Now and then Jira lists fewer fields than a screen has: the resolution of a rule is tried.
  const isUnlisted = purpose.isLast && transition.hasScreen && !Object.hasOwn(fields, 'resolution');
  const resolution = isUnlisted ? ruleValue(purpose, 'resolution') : undefined;
  return { ok: true, fields: resolution === undefined ? fields : { ...fields, resolution } };
}

function whyUnfilled(transition: Transition, field: ScreenField, purpose: HopPurpose): Failure {
  const isUndecided = field.id === 'resolution' && purpose.to === 'closed' && !isOfRule(purpose, field.id);
  return isUndecided ? closeUndecided.resolution(transition, field, purpose.outcome) : fieldRequired(transition.name, field, purpose);
}

/** The rule's value for a field; undefined: it has none. An issue that is reopened has no resolution. */
export function ruleValue({ to, aim }: Pick<HopPurpose, 'to' | 'aim'>, id: string): unknown {
  if (aim === null) return undefined;
  const { resolution, fields = {} } = aim;
  if (id === 'resolution') return to === 'open' || resolution === undefined ? undefined : resolutionReference(resolution);
  return Object.hasOwn(fields, id) ? fields[id] : undefined;
}

/** Whether the value of a field is the rule's, and not our choice. */
export function isOfRule(purpose: Pick<HopPurpose, 'to' | 'aim'>, id: string): boolean {
  return ruleValue(purpose, id) !== undefined;
}

/** The fields of an edit that are still to be set. A value that Jira refuses for good is dropped, except the rule's: an admin can fix the rule. */
export function fieldsLeft(fields: FieldValues, failure: Failure | null, purpose: Pick<HopPurpose, 'to' | 'aim'>): FieldValues {
  if (failure === null) return {};
  const isFinal = failure.retry.when === 'seldom';
  return Object.fromEntries(Object.entries(fields).filter(([id]) => !isFinal || isOfRule(purpose, id)));
}

/** The resolution to send where the choices are not known. */
export function unlistedResolution(purpose: HopPurpose): unknown {
  return purpose.to === 'closed' ? (ruleValue(purpose, 'resolution') ?? { name: 'Done' }) : null;
}

/** @returns undefined: nothing to send; null: cleared, since an open issue has no resolution */
function resolutionFor(field: ScreenField, purpose: HopPurpose): unknown {
  if (purpose.to === 'open') return purpose.isLast ? null : undefined;
  if (!purpose.isLast && !field.required) return undefined;
  if (field.values.length === 0) return unlistedResolution(purpose);
  const given = purpose.aim?.resolution;
  const value = given === undefined ? chooseResolution(field.values, purpose.outcome) : givenResolution(field.values, given);
  return value === undefined ? undefined : refer(value);
}

/** An optional field is sent only where the rule has a value for it. */
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
