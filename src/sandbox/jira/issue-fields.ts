import { isJsonObject, type Json, type JsonObject } from '../../findings/json.ts';
import { adfProblem } from '../jira-syntax/adf-validator.ts';
import { reference } from './issue-json.ts';
import { mayBeAssigned, type SandboxPerson } from './sandbox-person.ts';
import { fieldRefusal } from './simulated-field.ts';
import type { IssueChanges } from './simulated-issue.ts';
import type { SimulatedProject } from './simulated-project.ts';
import { resolutionName, resolutionsOf, type Workflow, type WorkflowResolution } from './workflow.ts';

/** The changes that a request's fields would make, or Jira's error messages. */
export interface ReadFields {
  readonly changes: IssueChanges;
  readonly messages: readonly string[];
  /** By field. */
  readonly errors: Readonly<Record<string, string>>;
}

/** One field: its changes, an error for the field, or a general message. */
type ReadField = { readonly changes: IssueChanges } | { readonly error: string } | { readonly message: string };

/** Characters of a description or comment as JSON. Source: JRACLOUD-78553. */
const MAX_ADF = 32_767;
const MAX_SUMMARY = 255;
const MAX_LABEL = 255;
export const RESOLUTIONS = ['Done', "Won't Do", 'Duplicate', 'Cannot Reproduce'];

/** The site's resolutions in their order, each name once: the usual ones, and those that screens of these workflows offer. */
export function siteResolutions(workflows: readonly Workflow[]): readonly WorkflowResolution[] {
  const all: readonly WorkflowResolution[] = [...RESOLUTIONS, ...workflows.flatMap(resolutionsOf)];
  return [...new Map(all.map((one) => [resolutionName(one), one])).values()];
}

type Reader = (value: Json, project: SimulatedProject, people: readonly SandboxPerson[]) => ReadField;

const READERS: Readonly<Record<string, Reader>> = {
  summary: readSummary,
  description: (value) => (value === null ? { changes: { description: null } } : readAdf(value, (description) => ({ description }))),
  labels: (value) => readLabels(value),
  priority: readPriority,
  duedate: readDueDate,
  assignee: readAssignee,
  resolution: readResolution,
};

/** @param allowed names of the allowed fields; null: every field that Jira knows */
export function readFields(
  fields: JsonObject,
  project: SimulatedProject,
  people: readonly SandboxPerson[],
  allowed: ReadonlySet<string> | null,
): ReadFields {
  let changes: IssueChanges = {};
  const messages: string[] = [];
  const errors: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    const reader = allowed === null || allowed.has(name) ? readerOf(name, project) : undefined;
    const read = reader === undefined ? { error: notOnScreen(name) } : reader(value, project, people);
    if ('changes' in read) changes = { ...changes, ...read.changes, otherFields: { ...changes.otherFields, ...read.changes.otherFields } };
    else if ('message' in read) messages.push(read.message);
    else errors[name] = read.error;
  }
  return { changes, messages, errors };
}

function readerOf(name: string, project: SimulatedProject): Reader | undefined {
  if (Object.hasOwn(READERS, name)) return READERS[name];
  const field = project.fields.find(({ id }) => id === name);
  if (field === undefined) return undefined;
  return (value, _project, people) => {
    const refused = fieldRefusal(field, value, people);
    return refused === null ? { changes: { otherFields: { [name]: value } } } : { error: refused };
  };
}

export function notOnScreen(field: string): string {
  return `Field '${field}' cannot be set. It is not on the appropriate screen, or unknown.`;
}

/** `update.labels` of an edit: the labels after all operations, or Jira's error. */
export function updatedLabels(
  labels: readonly string[],
  operations: Json,
): { readonly labels: readonly string[] } | { readonly error: string } {
  if (!Array.isArray(operations)) return { error: 'data was not an array' };
  let after: readonly string[] = labels;
  for (const operation of operations) {
    const [[verb, value] = [], ...more] = isJsonObject(operation) ? Object.entries(operation) : [];
    const read = readLabels(verb === 'set' ? (value ?? null) : [value ?? null]);
    if (!('changes' in read) || more.length > 0) return { error: 'error' in read ? read.error : 'Exactly one operation is expected' };
    const raw = read.changes.labels ?? [];
    if (verb === 'add') after = [...new Set([...after, ...raw])];
    else if (verb === 'remove') after = after.filter((label) => !raw.includes(label));
    else if (verb === 'set') after = raw;
    else return { error: `Field does not support operation '${verb}'` };
  }
  return { labels: after };
}

/** Jira's error for the body of a description or comment that is invalid or too long; else null. */
export function adfRefusal(value: Json): { readonly error: string } | { readonly message: string } | null {
  if (!isJsonObject(value)) return { error: 'Operation value must be an Atlassian Document (see the Atlassian Document Format)' };
  if (JSON.stringify(value).length > MAX_ADF) return { message: 'CONTENT_LIMIT_EXCEEDED' };
  return adfProblem(value) === null ? null : { message: 'INVALID_INPUT' };
}

function readAdf(value: Json, changes: (adf: Json) => IssueChanges): ReadField {
  return adfRefusal(value) ?? { changes: changes(value) };
}

function readSummary(value: Json): ReadField {
  if (typeof value !== 'string') return { error: 'Operation value must be a string' };
  if (value.trim() === '') return { error: 'You must specify a summary of the issue.' };
  if (/[\n\r]/.test(value)) return { error: 'The summary is invalid because it contains newline characters.' };
  if (value.length > MAX_SUMMARY) return { error: `Summary can't exceed ${MAX_SUMMARY} characters.` };
  return { changes: { summary: value.trim() } };
}

function readLabels(value: Json): ReadField {
  if (!Array.isArray(value)) return { error: 'data was not an array' };
  const labels = new Set<string>();
  for (const label of value) {
    if (typeof label !== 'string' || label === '') return { error: 'string expected' };
    if (/\s/.test(label)) return { error: `The label '${label}' contains spaces which is invalid.` };
    if (label.length > MAX_LABEL) return { error: `The label '${label}' exceeds the maximum length of ${MAX_LABEL} characters.` };
    labels.add(label);
  }
  return { changes: { labels: [...labels] } };
}

function readPriority(value: Json, project: SimulatedProject): ReadField {
  const raw = reference(value);
  if (raw === null) return { error: "Could not find valid 'id' or 'name' in priority object." };
  const priority = project.priorities.find((known) => raw.value === (raw.by === 'id' ? known.id : known.name));
  if (priority !== undefined) return { changes: { priority: priority.name } };
  return { error: raw.by === 'id' ? 'The priority selected is invalid.' : `Priority name '${raw.value}' is not valid` };
}

function readDueDate(value: Json): ReadField {
  if (value === null) return { changes: { dueDate: null } };
  if (typeof value !== 'string') return { error: 'Operation value must be a string' };
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  const real = !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
  return real ? { changes: { dueDate: value } } : { error: `Error parsing date string: ${value}` };
}

function readAssignee(value: Json, { key }: SimulatedProject, people: readonly SandboxPerson[]): ReadField {
  if (value === null) return { changes: { assignee: null } };
  const accountId = isJsonObject(value) ? (value['accountId'] ?? value['id']) : undefined;
  const person = people.find((one) => one.accountId === accountId);
  if (person === undefined) return { error: 'User does not exist or you do not have permission to view them.' };
  if (!mayBeAssigned(person, key)) return { error: `User '${person.accountId}' cannot be assigned issues.` };
  return { changes: { assignee: person.accountId } };
}

function readResolution(value: Json, { issueTypes }: SimulatedProject): ReadField {
  if (value === null) return { changes: { resolution: null } };
  const raw = reference(value);
  const known =
    raw === null
      ? undefined
      : siteResolutions(issueTypes.map(({ workflow }) => workflow))
          .map(resolutionName)
          .find((name) => name === raw.value);
  return known === undefined ? { error: `Resolution name '${raw?.value ?? ''}' is not valid` } : { changes: { resolution: known } };
}
