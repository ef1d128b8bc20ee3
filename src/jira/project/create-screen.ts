import type { Static } from 'typebox';
import { readEach, readPart } from '../http/read-part.ts';
import { ChoiceMeta, CreateFieldMeta } from '../http/wire.ts';
import { namedSo, type Nameable } from './match-name.ts';

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
  /** Jira's word for the kind of value, such as `string`, `option` or `array`; empty where it does not say. */
  readonly type: string;
  /** Of an array, the kind of its items. */
  readonly items: string | null;
  /** Tells fields of the same type apart: the name of a system field, or the end of the type of a custom field, such as `textarea`. */
  readonly kind: string;
  /** The choices; null where Jira does not list them. */
  readonly choices: readonly Choice[] | null;
}

/** A value that may be chosen. */
export interface Choice extends Nameable {
  readonly children: readonly Choice[];
}

/** Fields without an id are left out: nothing can be done with them. */
export function createFields(raw: readonly unknown[]): ReadonlyMap<string, CreateField> {
  return new Map(readEach(CreateFieldMeta, raw).map((one) => [one.fieldId, createField(one)]));
}

function createField({
  fieldId,
  name,
  required,
  hasDefaultValue,
  schema = {},
  allowedValues,
}: Static<typeof CreateFieldMeta>): CreateField {
  return {
    id: fieldId,
    name: name ?? fieldId,
    required: required === true && hasDefaultValue !== true,
    type: schema.type ?? '',
    items: schema.items ?? null,
    kind: schema.custom?.slice(schema.custom.lastIndexOf(':') + 1) ?? schema.system ?? '',
    choices: allowedValues === undefined ? null : allowedValues.flatMap((one) => choicesOf(one, LEVELS)),
  };
}

/** A cascading select has choices below its choices, and no further level. */
const LEVELS = 2;

/** Jira lists disabled and archived values now and then, and refuses them. */
function choicesOf(raw: unknown, levels: number): Choice[] {
  const choice = levels === 0 ? undefined : readPart(ChoiceMeta, raw);
  if (choice === undefined || choice.disabled === true || choice.archived === true) return [];
  const { id = null, name, untranslatedName, value, key, children = [] } = choice;
  const below = children.flatMap((child) => choicesOf(child, levels - 1));
  return [
    { id, label: value ?? name ?? key ?? id ?? '', children: below, ...(untranslatedName === undefined ? {} : { untranslatedName }) },
  ];
}

/** The choice of that name, or the first of several. */
export function chosen<T extends Nameable>(choices: readonly T[], name: string): T | undefined {
  return namedSo(choices, name)[0];
}
