import { isJsonObject, type Json, type JsonObject } from '../../findings/json.ts';
import { adfProblem } from '../jira-syntax/adf-validator.ts';
import { refusesOrganization, refusesRequestType, refusesSprint, refusesTeam } from './app-field-refusals.ts';
import type { SandboxPerson } from './sandbox-person.ts';

/** A field of a project besides those that every project has: components, security level, parent, or a custom field. */
export interface SimulatedField {
  readonly id: string;
  readonly name: string;
  readonly required: boolean;
  readonly hasDefaultValue: boolean;
  readonly kind: FieldKind;
  readonly options: readonly SimulatedOption[];
}

export interface SimulatedOption {
  readonly id: string;
  readonly label: string;
  readonly children: readonly SimulatedOption[];
}

export type FieldKind =
  | 'textfield'
  | 'textarea'
  | 'url'
  | 'float'
  | 'datepicker'
  | 'datetime'
  | 'select'
  | 'multiselect'
  | 'cascadingselect'
  | 'userpicker'
  | 'multiuserpicker'
  | 'grouppicker'
  | 'labels'
  | 'multiversion'
  | 'components'
  | 'security'
  | 'parent'
  | 'rm-teams-custom-field-team'
  | 'atlassian-team'
  | 'vp-origin'
  | 'sd-customer-organizations'
  | 'gh-sprint'
  | 'odd';

/** A custom field as a test defines it. */
export interface CustomField {
  /** Such as `customfield_10042`. */
  readonly id: string;
  readonly name: string;
  readonly kind: FieldKind;
  readonly required?: boolean;
  readonly hasDefaultValue?: boolean;
  /** Options of a select: texts, or an option with its child options. Of a field that lists none, the ids that exist; without any, all do. */
  readonly options?: readonly (string | { readonly label: string; readonly below: readonly string[] })[];
}

const PLUGIN = 'com.atlassian.jira.plugin.system.customfieldtypes';

interface Kind {
  /** The app whose kind it is, where that is not Jira itself. */
  readonly app?: string;
  readonly type: string;
  readonly items?: string;
  /** The key under which options are listed: `value` for selects, `name` for others. */
  readonly shows?: 'value' | 'name';
  /** @returns Jira's error; null when it accepts the value */
  refuses(value: Json, field: SimulatedField, people: readonly SandboxPerson[]): string | null;
}

/** The values that a field accepts. Source: https://developer.atlassian.com/server/jira/platform/jira-rest-api-examples/; errors from live sites. */
const KINDS: Readonly<Record<FieldKind, Kind>> = {
  textfield: { type: 'string', refuses: refusesText },
  textarea: {
    type: 'string',
    refuses: (value) => {
      if (!isJsonObject(value)) return 'Operation value must be an Atlassian Document (see the Atlassian Document Format)';
      return adfProblem(value) === null ? null : 'INVALID_INPUT';
    },
  },
  url: {
    type: 'string',
    refuses: (value) => refusesText(value) ?? (/^\w+:\/\/\S+$/.test(String(value)) ? null : 'The URL specified is not valid'),
  },
  float: { type: 'number', refuses: (value) => (typeof value === 'number' ? null : 'Operation value must be a number') },
  datepicker: {
    type: 'date',
    refuses: (value) => (/^\d{4}-\d{2}-\d{2}$/.test(String(value)) ? null : `Error parsing date string: ${textOf(value)}`),
  },
  datetime: {
    type: 'datetime',
    refuses: (value) =>
      /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}[+-]\d{4}$/.test(String(value)) ? null : `Error parsing time: ${textOf(value)}`,
  },
  select: { type: 'option', shows: 'value', refuses: refusesOption },
  multiselect: { type: 'array', items: 'option', shows: 'value', refuses: eachOf(refusesOption) },
  cascadingselect: {
    type: 'option-with-child',
    shows: 'value',
    refuses: (value, field) => {
      const refused = refusesOption(value, field);
      if (refused !== null || !isJsonObject(value) || value['child'] === undefined) return refused;
      return refusesOption(value['child'], { ...field, options: optionIn(value, field.options)?.children ?? [] });
    },
  },
  userpicker: { type: 'user', refuses: refusesUser },
  multiuserpicker: { type: 'array', items: 'user', refuses: eachOf(refusesUser) },
  grouppicker: {
    type: 'group',
    refuses: (value) => (isJsonObject(value) && typeof value['name'] === 'string' ? null : 'data was not an object with a name'),
  },
  labels: {
    type: 'array',
    items: 'string',
    refuses: eachOf(
      (value) => refusesText(value) ?? (/\s/.test(String(value)) ? `The label '${textOf(value)}' contains spaces which is invalid.` : null),
    ),
  },
  multiversion: { type: 'array', items: 'version', shows: 'name', refuses: eachOf(refusesOption) },
  components: { type: 'array', items: 'component', shows: 'name', refuses: eachOf(refusesOption) },
  security: { type: 'securitylevel', shows: 'name', refuses: refusesOption },
  parent: {
    type: 'issuelink',
    refuses: (value) =>
      isJsonObject(value) && (typeof value['key'] === 'string' || typeof value['id'] === 'string') ? null : 'data was not an object',
  },
  'rm-teams-custom-field-team': { app: 'com.atlassian.teams', type: 'team', refuses: refusesTeam },
  'atlassian-team': { type: 'team', refuses: refusesTeam },
  'vp-origin': { app: 'com.atlassian.servicedesk', type: 'sd-customerrequesttype', refuses: refusesRequestType },
  'sd-customer-organizations': {
    app: 'com.atlassian.servicedesk',
    type: 'array',
    items: 'sd-customerorganization',
    refuses: eachOf(refusesOrganization),
  },
  'gh-sprint': { app: 'com.pyxis.greenhopper.jira', type: 'array', items: 'json', refuses: refusesSprint },
  odd: { app: 'com.example', type: 'com.example.odd', refuses: () => null },
};

/** Jira's own fields, which have `system` in their schema. */
const SYSTEM: readonly string[] = ['components', 'security', 'parent'];

/** @param position number of the field, for the ids of its options */
export function simulatedField(
  { id, name, kind, required = false, hasDefaultValue = false, options = [] }: CustomField,
  position: number,
): SimulatedField {
  let last = 10_000 + position * 1_000;
  const option = (label: string, below: readonly string[]): SimulatedOption => {
    last += 1;
    return { id: String(last), label, children: below.map((child) => option(child, [])) };
  };
  const made = options.map((one) => (typeof one === 'string' ? option(one, []) : option(one.label, one.below)));
  return { id, name, required, hasDefaultValue, kind, options: made };
}

/** The field as `GET /issue/createmeta/{project}/issuetypes/{id}` lists it. */
export function fieldJson(field: SimulatedField): JsonObject {
  const { app = PLUGIN, type, items, shows } = KINDS[field.kind];
  const isSystem = SYSTEM.includes(field.kind);
  const customId = Number(field.id.replace('customfield_', ''));
  return {
    fieldId: field.id,
    key: field.id,
    name: field.name,
    required: field.required,
    hasDefaultValue: field.hasDefaultValue,
    operations: ['set'],
    schema: {
      type,
      ...(items === undefined ? {} : { items }),
      ...(isSystem ? { system: field.kind } : { custom: `${app}:${field.kind}`, customId }),
    },
    ...(shows === undefined ? {} : { allowedValues: field.options.map((option) => optionJson(option, shows)) }),
  };
}

function optionJson({ id, label, children }: SimulatedOption, shows: 'value' | 'name'): JsonObject {
  return { id, [shows]: label, ...(children.length === 0 ? {} : { children: children.map((child) => optionJson(child, shows)) }) };
}

/** @returns Jira's error; null when it accepts the value */
export function fieldRefusal(field: SimulatedField, value: Json, people: readonly SandboxPerson[]): string | null {
  return value === null ? null : KINDS[field.kind].refuses(value, field, people);
}

/** Of a text of one line. */
const MAX_TEXT = 255;

function refusesText(value: Json): string | null {
  if (typeof value !== 'string') return 'Operation value must be a string';
  if (value.length > MAX_TEXT) return `The entered text is too long. It exceeds the allowed limit of ${MAX_TEXT} characters.`;
  return /[\r\n]/.test(value) ? 'The entered text has several lines.' : null;
}

function refusesOption(value: Json, field: SimulatedField): string | null {
  if (!isJsonObject(value)) return `Specify a valid 'id' or 'name' for ${field.name}`;
  return optionIn(value, field.options) === undefined ? `Option ${textOf(value)} is not valid for ${field.name}` : null;
}

function optionIn(value: JsonObject, options: readonly SimulatedOption[]): SimulatedOption | undefined {
  const { id, value: text, name } = value;
  return options.find((option) => (id === undefined ? option.label === (text ?? name) : option.id === id));
}

function refusesUser(value: Json, _field: SimulatedField, people: readonly SandboxPerson[]): string | null {
  const accountId = isJsonObject(value) ? value['accountId'] : undefined;
  return people.some((person) => person.accountId === accountId) ? null : 'User does not exist or you do not have permission to view them.';
}

function eachOf(refuses: Kind['refuses']): Kind['refuses'] {
  return (value, field, people) => {
    if (!Array.isArray(value)) return 'data was not an array';
    return value.map((one: Json) => refuses(one, field, people)).find((words) => words !== null) ?? null;
  };
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
