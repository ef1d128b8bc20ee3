import type { Static } from 'typebox';
import { Check } from 'typebox/value';
import { ChoiceMeta, CreateFieldMeta } from '../http/wire.ts';

/** What an issue of one type is asked for when it is created in one project, as far as Jira says. */
export interface CreateScreen {
  readonly projectKey: string;
  readonly issueType: { readonly id: string; readonly name: string };
  /** By id. What is not here can't be set when an issue is created. */
  readonly fields: ReadonlyMap<string, CreateField>;
}

export interface CreateField {
  readonly id: string;
  readonly name: string;
  /** Must be given: Jira has no default for it. */
  readonly required: boolean;
  /** Jira's word for the kind of value, such as `string`, `option` or `array`. */
  readonly type: string;
  /** Of an array, the kind of its items. */
  readonly items: string | null;
  /** What tells fields of one kind of value apart: a system field's name, or of a custom field the end of its type, such as `textarea`. */
  readonly kind: string;
  /** What may be chosen; null where Jira does not list it. */
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

/** A cascading select has choices below its choices, and none below those. */
const LEVELS = 2;

/** What was retired is listed now and then, and refused. */
function choicesOf(raw: unknown, levels: number): Choice[] {
  if (levels === 0 || !Check(ChoiceMeta, raw) || raw.disabled === true || raw.archived === true) return [];
  const { id = null, name, value, key, children = [] } = raw;
  return [{ id, label: value ?? name ?? key ?? id ?? '', children: children.flatMap((child) => choicesOf(child, levels - 1)) }];
}

/** The choice that a person means by a name: the same letters, or else the same but for their case. */
export function chosen<T extends { readonly label: string }>(choices: readonly T[], name: string): T | undefined {
  const meant = name.trim().toLowerCase();
  return choices.find(({ label }) => label === name) ?? choices.find(({ label }) => label.trim().toLowerCase() === meant);
}
