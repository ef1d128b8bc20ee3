import type { Static } from 'typebox';
import { Check } from 'typebox/value';
import { ChoiceMeta, CreateFieldMeta } from '../http/wire.ts';

/** The create screen of one issue type in one project, as far as Jira describes it. */
export interface CreateScreen {
  readonly projectKey: string;
  /** `subtask`: an issue of it needs a parent. */
  readonly issueType: { readonly id: string; readonly name: string; readonly subtask: boolean };
  /** By id. A field that is not here can't be set when an issue is created. */
  readonly fields: ReadonlyMap<string, CreateField>;
}

export interface CreateField {
  readonly id: string;
  readonly name: string;
  /** Required, and Jira has no default for it. */
  readonly required: boolean;
  /** Jira's word for the kind of value, such as `string`, `option` or `array`. */
  readonly type: string;
  /** Of an array, the kind of its items. */
  readonly items: string | null;
  /** Tells fields of the same type apart: the name of a system field, or the end of the type of a custom field, such as `textarea`. */
  readonly kind: string;
  /** The choices; null where Jira does not list them. */
  readonly choices: readonly Choice[] | null;
}

/** A value that may be chosen. */
export interface Choice {
  readonly id: string | null;
  readonly label: string;
  readonly children: readonly Choice[];
}

/** Fields that can't be read are left out: nothing is known of them. */
export function createFields(raw: readonly unknown[]): ReadonlyMap<string, CreateField> {
  return new Map(raw.flatMap((one) => (Check(CreateFieldMeta, one) ? [[one.fieldId, createField(one)]] : [])));
}

function createField({ fieldId, name, required, hasDefaultValue, schema, allowedValues }: Static<typeof CreateFieldMeta>): CreateField {
  return {
    id: fieldId,
    name: name ?? fieldId,
    required: required && hasDefaultValue !== true,
    type: schema.type,
    items: schema.items ?? null,
    kind: schema.custom?.slice(schema.custom.lastIndexOf(':') + 1) ?? schema.system ?? '',
    choices: allowedValues === undefined ? null : allowedValues.flatMap((one) => choicesOf(one, LEVELS)),
  };
}

/** A cascading select has choices below its choices, and no further level. */
const LEVELS = 2;

/** Jira lists disabled and archived values now and then, and refuses them. */
function choicesOf(raw: unknown, levels: number): Choice[] {
  if (levels === 0 || !Check(ChoiceMeta, raw) || raw.disabled === true || raw.archived === true) return [];
  const { id = null, name, value, key, children = [] } = raw;
  return [{ id, label: value ?? name ?? key ?? id ?? '', children: children.flatMap((child) => choicesOf(child, levels - 1)) }];
}

/** The choice of that name: an exact match, or else one that differs only in case and outer spaces. */
export function chosen<T extends { readonly label: string }>(choices: readonly T[], name: string): T | undefined {
  const meant = name.trim().toLowerCase();
  return choices.find(({ label }) => label === name) ?? choices.find(({ label }) => label.trim().toLowerCase() === meant);
}
