import type { Json } from '../../findings/json.ts';
import type { Severity } from '../../findings/severity.ts';
import type { Failure } from '../../issues/failure.ts';
import type { IssueDraft } from '../../issues/issue-draft.ts';
import type { Note } from '../../pipeline/ports/issue-tracker.ts';
import type { PreflightCode } from '../../pipeline/ports/preflight.ts';
import { OWN_FIELDS } from '../../rules/issue-fields.ts';
import { propertyPath } from '../../rules/json-path.ts';
import { namedSo, withIds } from '../project/match-name.ts';
import { chosen, type CreateField, type CreateScreen } from '../project/create-screen.ts';
import { fieldValue, oneOf, refer, type AccountIds } from './field-value.ts';

/** A draft in Jira's terms. */
export type IssueFields =
  | {
      readonly ok: true;
      /** Without the labels, as `POST /issue` and `PUT /issue/{id}` take them. */
      readonly fields: Readonly<Record<string, unknown>>;
      /** False: the create screen has no labels. */
      readonly takesLabels: boolean;
      readonly notes: readonly Note[];
    }
  | { readonly ok: false; readonly problems: readonly [FieldProblem, ...FieldProblem[]] };

/** A part of a rule that Jira would refuse. */
export interface FieldProblem {
  readonly code: PreflightCode;
  /** Where, within a rule's `issue`: `priority`, `components[1]`, `fields["Root cause"]`. */
  readonly part: string;
  readonly message: string;
}

/** The accounts of the people whom a draft names. */
export interface DraftPeople {
  /** Account id of the assignee; null: none, so that the project decides. */
  readonly assignee: string | null;
  /** Of the people in other fields. */
  readonly others: AccountIds;
}

/** The usual names of a priority for each severity, the best first. */
export const USUAL_PRIORITIES: Readonly<Record<Severity, readonly string[]>> = {
  critical: ['Highest', 'Critical', 'Blocker', 'Urgent'],
  high: ['High', 'Major'],
  medium: ['Medium', 'Normal'],
  low: ['Low', 'Minor'],
};

/** Filled by Jira or by us, whatever the screen says of a default. */
const ALWAYS_GIVEN = ['project', 'issuetype', 'summary', 'labels', 'reporter'];

/** The part of a rule that sets a field of Jira; every other field is set in `fields`. */
const PLACES: Readonly<Record<string, string>> = {
  priority: 'priority',
  duedate: 'dueInDays',
  components: 'components',
  security: 'securityLevel',
  parent: 'parent',
  assignee: 'assignee',
};

/** The results so far. */
interface Work {
  readonly draft: IssueDraft;
  readonly fields: Record<string, unknown>;
  readonly problems: FieldProblem[];
  /** Ids of fields that have a problem: they are not reported as missing, too. */
  readonly told: Set<string>;
  readonly notes: Note[];
}

/**
 * The fields that Jira is sent for a draft: the one place where names become ids. Pure. A value that the rule sets and the project does not
 * take is a problem, since every refusal by Jira uses up an issue number; values that only we would add are left out.
 * @param screen null: not known; then names go out as names, and fields that need the screen are left out with a note
 */
export function issueFields(draft: IssueDraft, screen: CreateScreen | null, people: DraftPeople): IssueFields {
  const work: Work = { draft, fields: plainFields(draft, screen), problems: [], told: new Set(), notes: [] };
  if (screen === null) sayUnseen(work, people);
  else sayByScreen(work, screen, people);
  const [first, ...more] = work.problems;
  if (first !== undefined) return { ok: false, problems: [first, ...more] };
  return { ok: true, fields: work.fields, takesLabels: screen === null || screen.fields.has('labels'), notes: work.notes };
}

/**
 * The fields of a draft that an update may send. An edit asks for nothing and checks no screen: values that the project does not take are
 * left out. Pure.
 * @param screen null: not known; then names go out as names
 */
export function updateFields(draft: IssueDraft, screen: CreateScreen | null): Readonly<Record<string, unknown>> {
  const bare = { ...draft, securityLevel: null, parent: null, assignee: null, fallbackAssignee: null, fields: {} };
  const work: Work = { draft: bare, fields: {}, problems: [], told: new Set(), notes: [] };
  if (screen === null) sayUnseen(work, { assignee: null, others: new Map() });
  else {
    sayPriority(work, screen);
    sayComponents(work, screen);
  }
  const chosen = Object.entries(work.fields).filter(([, value]) => !(Array.isArray(value) && value.includes(null)));
  return { ...Object.fromEntries(chosen), summary: draft.summary, description: draft.description, duedate: draft.dueDate };
}

/** The failure for a draft that Jira would refuse. */
export function refusedDraft({ projectKey, issueType }: IssueDraft, problems: readonly FieldProblem[]): Failure {
  const missing = problems.every(({ code }) => code === 'field-required');
  return {
    code: missing ? 'jira-field-required' : 'jira-not-offered',
    message: `Nothing was sent, since Jira would refuse "${issueType}" in ${projectKey}: ${problems.map(({ message }) => message).join('; ')}`,
    words: null,
    retry: { when: 'backoff' },
  };
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

/** The fields that need no ids. */
function plainFields(draft: IssueDraft, screen: CreateScreen | null): Record<string, unknown> {
  const hasDescription = screen === null || screen.fields.has('description');
  return {
    project: { key: draft.projectKey },
    issuetype: screen === null ? unseen(draft.issueType) : { id: screen.issueType.id },
    summary: draft.summary,
    ...(hasDescription ? { description: draft.description } : {}),
    // Jira takes it even where the screen does not have it.
    ...(draft.parent === null ? {} : { parent: { key: draft.parent } }),
  };
}

/** A rule's name or id, where nothing is known to compare it with. */
function unseen(given: string): Readonly<Record<string, string>> {
  return /^\d+$/.test(given) ? { id: given } : { name: given };
}

function sayUnseen({ draft, fields, notes }: Work, { assignee }: DraftPeople): void {
  if (draft.priority !== null) fields['priority'] = unseen(draft.priority);
  if (draft.dueDate !== null) fields['duedate'] = draft.dueDate;
  if (draft.components.length > 0) fields['components'] = draft.components.map((name) => ({ name }));
  if (draft.securityLevel !== null) fields['security'] = { name: draft.securityLevel };
  if (assignee !== null) fields['assignee'] = { accountId: assignee };
  for (const [name, value] of Object.entries(draft.fields)) {
    if (/^(?:customfield_\d+|[a-z]+)$/.test(name)) fields[name] = value;
    else notes.push(`field-left-out: ${name}`);
  }
}

function sayByScreen(work: Work, screen: CreateScreen, people: DraftPeople): void {
  const { draft, fields, notes } = work;
  sayPriority(work, screen);
  const dueDate = draft.dueDate === null ? null : onScreen(work, screen, 'duedate', 'a due date');
  if (dueDate !== null) fields['duedate'] = draft.dueDate;
  sayComponents(work, screen);
  const security = draft.securityLevel === null ? null : onScreen(work, screen, 'security', 'a security level');
  if (security !== null && draft.securityLevel !== null) {
    const given = choose(work, security, draft.securityLevel, 'securityLevel', 'security-level-unknown', 'security level');
    if (given !== null) fields['security'] = given;
  }
  if (people.assignee !== null && screen.fields.has('assignee')) fields['assignee'] = { accountId: people.assignee };
  for (const [name, value] of Object.entries(draft.fields)) sayOther(work, screen, name, value, people.others);
  if (!screen.fields.has('description')) notes.push(`description-not-on-screen: ${screen.issueType.name}`);
  for (const field of screen.fields.values()) askRequired(work, field);
}

/** The rule's priority, or else the usual one of the severity, where the project has it. */
function sayPriority(work: Work, screen: CreateScreen): void {
  const { draft, fields } = work;
  if (draft.priority !== null) {
    const field = onScreen(work, screen, 'priority', 'a priority');
    const given = field === null ? null : choose(work, field, draft.priority, 'priority', 'priority-unknown', 'priority');
    if (given !== null) fields['priority'] = given;
    return;
  }
  const choices = screen.fields.get('priority')?.choices ?? [];
  const [usual] = USUAL_PRIORITIES[draft.severity].flatMap((name) => chosen(choices, name) ?? []);
  if (usual !== undefined) fields['priority'] = refer(usual, 'name');
}

function sayComponents(work: Work, screen: CreateScreen): void {
  const { draft, fields } = work;
  const field = draft.components.length === 0 ? null : onScreen(work, screen, 'components', 'components');
  if (field === null) return;
  fields['components'] = draft.components.map((name, index) =>
    choose(work, field, name, `components[${index}]`, 'component-unknown', 'component'),
  );
}

function sayOther({ draft, fields, problems, told }: Work, screen: CreateScreen, name: string, value: Json, people: AccountIds): void {
  const part = propertyPath('fields', name);
  const field = fieldNamed(screen, name);
  if (field === 'unknown') {
    const message = `"${draft.issueType}" in ${draft.projectKey} has no field "${name}" on its create screen; it has ${namesOn(screen)}`;
    problems.push({ code: 'field-unknown', part, message });
  } else if (field === 'ambiguous') {
    const message = `more than one field of "${draft.issueType}" in ${draft.projectKey} is named "${name}"; say the id instead, such as customfield_10042`;
    problems.push({ code: 'field-unknown', part, message });
  } else if (OWN_FIELDS.some((id) => id === field.id)) {
    const message = `the field "${name}" is set by a property of its own, ${PLACES[field.id] ?? field.id}`;
    problems.push({ code: 'field-unknown', part, message });
  } else {
    const read = fieldValue(field, value, people);
    if (read.ok) fields[field.id] = read.value;
    else {
      told.add(field.id);
      problems.push({ code: 'field-value-unfit', part, message: `the field ${field.id} "${field.name}" takes ${read.expected}` });
    }
  }
}

function askRequired({ fields, problems, told }: Work, { id, name, required, choices }: CreateField): void {
  if (!required || ALWAYS_GIVEN.includes(id) || told.has(id) || (fields[id] ?? null) !== null) return;
  const part = PLACES[id] ?? propertyPath('fields', id);
  const listed = choices === null || choices.length === 0 ? '' : ` (${oneOf(choices)})`;
  problems.push({
    code: 'field-required',
    part,
    message: `the create screen asks for the field ${id} "${name}"; give it a value in the rule's issue.${part}${listed}, or make it optional`,
  });
}

/** Adds a problem where the screen lacks a field that the rule sets. */
function onScreen({ draft, problems }: Work, screen: CreateScreen, id: string, what: string): CreateField | null {
  const field = screen.fields.get(id);
  if (field !== undefined) return field;
  const message = `the create screen of "${draft.issueType}" in ${draft.projectKey} does not take ${what}; put the field on the screen, or take it out of the rule`;
  problems.push({ code: 'not-on-screen', part: PLACES[id] ?? id, message });
  return null;
}

function choose(
  { draft, problems, told }: Work,
  { id, choices }: CreateField,
  name: string,
  part: string,
  code: PreflightCode,
  what: string,
): Readonly<Record<string, string>> | null {
  if (choices === null) return unseen(name);
  const [choice, ...others] = namedSo(choices, name);
  if (choice !== undefined && others.length === 0) return refer(choice, 'name');
  told.add(id);
  const message =
    choice === undefined
      ? `${draft.projectKey} has no ${what} "${name}"; expected ${oneOf(choices)}`
      : `${draft.projectKey} has more than one ${what} "${name}"; say the id instead: ${withIds([choice, ...others])}`;
  problems.push({ code, part, message });
  return null;
}

function namesOn(screen: CreateScreen): string {
  const names = [...screen.fields.values()]
    .filter(({ id }) => !OWN_FIELDS.some((own) => own === id))
    .map(({ id, name }) => ({ label: `${id} "${name}"` }));
  return names.length === 0 ? 'no other fields' : oneOf(names).replace(/^one of /, '');
}
