import type { CreateField, CreateScreen } from '../../../src/jira/project/create-screen.ts';

/** A field of a create screen with nothing special in it. */
export function createField(more: Partial<CreateField> & Pick<CreateField, 'id'>): CreateField {
  return { name: more.id, required: false, type: 'string', items: null, kind: '', choices: null, ...more };
}

/** Choices with the ids 1, 2, ... */
export function choices(...labels: readonly string[]): NonNullable<CreateField['choices']> {
  return labels.map((label, index) => ({ id: String(index + 1), label, children: [] }));
}

/** The fields on the screen of every ordinary project. */
const USUAL: readonly CreateField[] = [
  createField({ id: 'summary', name: 'Summary', required: true }),
  createField({ id: 'description', name: 'Description' }),
  createField({ id: 'labels', name: 'Labels', type: 'array', items: 'string', kind: 'labels' }),
  createField({
    id: 'priority',
    name: 'Priority',
    type: 'priority',
    kind: 'priority',
    choices: choices('Highest', 'High', 'Medium', 'Low'),
  }),
  createField({ id: 'duedate', name: 'Due date', type: 'date', kind: 'duedate' }),
  createField({ id: 'assignee', name: 'Assignee', type: 'user', kind: 'assignee' }),
];

/** An ordinary screen with more fields, which go before the usual ones of the same id. @param without ids of usual fields that it lacks */
export function createScreen(more: readonly CreateField[] = [], without: readonly string[] = []): CreateScreen {
  const usual = USUAL.filter(({ id }) => !without.includes(id));
  const fields = new Map([...usual, ...more].map((field) => [field.id, field]));
  return { projectKey: 'SEC', issueType: { id: '10100', name: 'Task', subtask: false }, fields };
}
