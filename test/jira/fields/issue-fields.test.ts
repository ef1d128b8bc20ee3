import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { IssueDraft } from '../../../src/issues/issue-draft.ts';
import type { CreateScreen } from '../../../src/jira/project/create-screen.ts';
import type { FieldProblem } from '../../../src/jira/fields/field-problem.ts';
import { issueFields, refusedDraft, USUAL_PRIORITIES, type DraftPeople } from '../../../src/jira/fields/issue-fields.ts';
import { choices, createField, createScreen } from '../../support/jira/create-screen.ts';
import { issueDraft } from '../../support/findings/issue-route.ts';

const NOBODY: DraftPeople = { assignee: null, others: new Map() };
const COMPONENTS = createField({
  id: 'components',
  name: 'Components',
  type: 'array',
  items: 'component',
  kind: 'components',
  choices: choices('Storage', 'Network'),
});
const SECURITY = createField({
  id: 'security',
  name: 'Security Level',
  type: 'securitylevel',
  kind: 'security',
  choices: choices('Team', 'Staff'),
});
const CAUSE = createField({
  id: 'customfield_10042',
  name: 'Root cause',
  type: 'option',
  kind: 'select',
  choices: choices('Policy', 'Role'),
});

function made(draft: Partial<IssueDraft>, screen: CreateScreen | null = createScreen(), people = NOBODY) {
  const built = issueFields(issueDraft(draft), screen, people, 'finding');
  if (!built.ok) throw new Error(JSON.stringify(built.problems));
  return built;
}

function problems(draft: Partial<IssueDraft>, screen: CreateScreen): readonly FieldProblem[] {
  const built = issueFields(issueDraft(draft), screen, NOBODY, 'finding');
  return built.ok ? [] : built.problems;
}

describe('where the screen is known', () => {
  test('a minimal draft: the type by its id, and the usual priority of the severity', () => {
    const { summary, description } = issueDraft();
    expect(made({})).toEqual({
      ok: true,
      fields: { project: { key: 'SEC' }, issuetype: { id: '10100' }, summary, description, priority: { id: '2' } },
      takesLabels: true,
      notes: [],
    });
  });

  test('a draft with everything', () => {
    const draft: Partial<IssueDraft> = {
      priority: 'hIGHest',
      dueDate: '2026-03-04',
      components: ['storage', 'Network'],
      securityLevel: 'Team',
      parent: 'SEC-12',
      fields: { 'root CAUSE': 'Role' },
    };
    const { fields } = made(draft, createScreen([COMPONENTS, SECURITY, CAUSE]), { ...NOBODY, assignee: 'account-1' });
    expect(fields).toMatchObject({
      priority: { id: '1' },
      duedate: '2026-03-04',
      components: [{ id: '1' }, { id: '2' }],
      security: { id: '1' },
      parent: { key: 'SEC-12' },
      customfield_10042: { id: '2' },
      assignee: { accountId: 'account-1' },
    });
  });

  test.each([
    ['critical', ['Low', 'Blocker', 'Critical'], '3'],
    ['critical', ['Highest', 'Critical'], '1'],
    ['high', ['Major', 'Minor'], '1'],
    ['medium', ['high', 'normal'], '2'],
    ['low', ['High', 'LOW'], '2'],
    ['critical', ['P1', 'P2'], undefined],
    ['low', [], undefined],
  ] as const)('%s among %j: the usual priority, or none', (severity, offered, id) => {
    const priority = createField({ id: 'priority', type: 'priority', choices: choices(...offered) });
    expect(made({ severity }, createScreen([priority])).fields['priority']).toEqual(id === undefined ? undefined : { id });
  });

  test('values that only we would add are left out where the screen lacks the field', () => {
    const { fields, takesLabels, notes } = made({}, createScreen([], ['priority', 'labels', 'description']));
    expect(Object.keys(fields)).toEqual(['project', 'issuetype', 'summary']);
    expect([takesLabels, notes]).toEqual([false, ['description-not-on-screen: Task']]);
  });

  test('an assignee is not sent where the screen does not have it', () => {
    expect(made({}, createScreen([], ['assignee']), { ...NOBODY, assignee: 'account-1' }).fields).not.toHaveProperty('assignee');
  });

  test.each<[string, Partial<IssueDraft>, CreateScreen, FieldProblem['code'], string, string]>([
    [
      'a priority that is not offered',
      { priority: 'Urgent' },
      createScreen(),
      'priority-unknown',
      'priority',
      'SEC has no priority "Urgent"; expected one of Highest, High, Medium, Low',
    ],
    [
      'a priority off the screen',
      { priority: 'High' },
      createScreen([], ['priority']),
      'not-on-screen',
      'priority',
      'does not take a priority',
    ],
    [
      'a due date off the screen',
      { dueDate: '2026-03-04' },
      createScreen([], ['duedate']),
      'not-on-screen',
      'dueInDays',
      'does not take a due date',
    ],
    [
      'a component that is not there',
      { components: ['Storage', 'Disk'] },
      createScreen([COMPONENTS]),
      'component-unknown',
      'components[1]',
      'no component "Disk"; expected one of Storage, Network',
    ],
    ['components off the screen', { components: ['Storage'] }, createScreen(), 'not-on-screen', 'components', 'does not take components'],
    [
      'a security level that is not there',
      { securityLevel: 'All' },
      createScreen([SECURITY]),
      'security-level-unknown',
      'securityLevel',
      'expected one of Team, Staff',
    ],
    [
      'a security level off the screen',
      { securityLevel: 'Team' },
      createScreen(),
      'not-on-screen',
      'securityLevel',
      'does not take a security level',
    ],
    [
      'a field that is not there',
      { fields: { 'Root cause': 'Role' } },
      createScreen(),
      'field-unknown',
      'fields["Root cause"]',
      'no field "Root cause" on its create screen; it has no other fields',
    ],
    [
      'a field by an id that is not there',
      { fields: { customfield_1: 1 } },
      createScreen([CAUSE]),
      'field-unknown',
      'fields.customfield_1',
      'it has customfield_10042 "Root cause"',
    ],
    [
      'a field that has a property of its own',
      { fields: { Priority: 'High' } },
      createScreen(),
      'field-unknown',
      'fields.Priority',
      'set by a property of its own, priority',
    ],
    [
      'a value that does not fit',
      { fields: { 'Root cause': 'Other' } },
      createScreen([CAUSE]),
      'field-value-unfit',
      'fields["Root cause"]',
      'customfield_10042 "Root cause" takes one of Policy, Role',
    ],
    [
      'a name of two fields',
      { fields: { 'root cause': 'Role' } },
      createScreen([CAUSE, { ...CAUSE, id: 'customfield_2' }]),
      'field-unknown',
      'fields["root cause"]',
      'more than one field of "Task" in SEC is named "root cause"; say the id',
    ],
    [
      'a required field without a value',
      {},
      createScreen([{ ...CAUSE, required: true }]),
      'field-required',
      'fields.customfield_10042',
      'customfield_10042 "Root cause"; give it a value in the rule\'s issue.fields.customfield_10042 (one of Policy, Role)',
    ],
    [
      'a required field with null',
      { fields: { 'Root cause': null } },
      createScreen([{ ...CAUSE, required: true }]),
      'field-required',
      'fields.customfield_10042',
      'asks for the field',
    ],
    [
      'a required field with a wrong value, reported once',
      { fields: { 'Root cause': 'Other' } },
      createScreen([{ ...CAUSE, required: true }]),
      'field-value-unfit',
      'fields["Root cause"]',
      'one of Policy, Role',
    ],
    [
      'a required due date',
      {},
      createScreen([createField({ id: 'duedate', name: 'Due date', required: true })]),
      'field-required',
      'dueInDays',
      "in the rule's issue.dueInDays",
    ],
    [
      'a required component',
      {},
      createScreen([{ ...COMPONENTS, required: true }]),
      'field-required',
      'components',
      "in the rule's issue.components (one of Storage, Network)",
    ],
    [
      'a required assignee',
      {},
      createScreen([createField({ id: 'assignee', name: 'Assignee', type: 'user', required: true })]),
      'field-required',
      'assignee',
      "in the rule's issue.assignee",
    ],
  ])('%s is a problem', (_, draft, screen, code, part, words) => {
    expect(problems(draft, screen)).toEqual([{ code, part, message: expect.stringContaining(words) }]);
  });

  test('two fields of one name are told apart by their ids', () => {
    const screen = createScreen([CAUSE, { ...CAUSE, id: 'customfield_2' }]);
    expect(made({ fields: { customfield_2: 'Role' } }, screen).fields['customfield_2']).toEqual({ id: '2' });
  });

  test('fields that Jira or we always fill are not asked for', () => {
    const always = ['project', 'issuetype', 'summary', 'labels', 'reporter'].map((id) => createField({ id, required: true }));
    expect(made({}, createScreen(always)).ok).toBe(true);
  });

  test('all problems are reported at once, and missing fields have a code of their own', () => {
    const screen = createScreen([{ ...CAUSE, required: true }]);
    const wrong = problems({ priority: 'Urgent', components: ['x'] }, screen);
    expect(wrong.map(({ part }) => part)).toEqual(['priority', 'components', 'fields.customfield_10042']);
    const failure = refusedDraft(issueDraft(), wrong);
    expect(failure).toMatchObject({ code: 'jira-not-offered', retry: { when: 'backoff' }, words: null });
    for (const { message } of wrong) expect(failure.message).toContain(message);
    expect(refusedDraft(issueDraft(), wrong.slice(2)).code).toBe('jira-field-required');
  });
});

describe('where the screen is not known', () => {
  test('names go out as names', () => {
    const draft: Partial<IssueDraft> = {
      priority: 'High',
      dueDate: '2026-03-04',
      components: ['Storage'],
      securityLevel: 'Team',
      parent: 'SEC-12',
      fields: { customfield_1: { id: '1' }, 'Root cause': 'x', environment: 'y' },
    };
    const { fields, takesLabels, notes } = made(draft, null, { ...NOBODY, assignee: 'account-1' });
    expect(fields).toMatchObject({
      issuetype: { name: 'Task' },
      priority: { name: 'High' },
      duedate: '2026-03-04',
      components: [{ name: 'Storage' }],
      security: { name: 'Team' },
      parent: { key: 'SEC-12' },
      assignee: { accountId: 'account-1' },
      customfield_1: { id: '1' },
      environment: 'y',
    });
    expect([takesLabels, notes]).toEqual([true, ['field-left-out: Root cause']]);
  });

  test('nothing is guessed', () => {
    expect(Object.keys(made({}, null).fields)).toEqual(['project', 'issuetype', 'summary', 'description']);
  });
});

const name = fc.constantFrom('High', 'Low', 'Storage', 'Team', 'Root cause', 'customfield_10042', 'Policy', '__proto__', 'constructor', '');
const drafts: fc.Arbitrary<IssueDraft> = fc
  .record({
    severity: fc.constantFrom('critical', 'high', 'medium', 'low'),
    priority: fc.option(name),
    dueDate: fc.option(fc.constant('2026-03-04')),
    components: fc.array(name, { maxLength: 2 }),
    securityLevel: fc.option(name),
    fields: fc.dictionary(name, fc.oneof(name, fc.constant(null), fc.array(name, { maxLength: 2 })), { noNullPrototype: true }),
  })
  .map((more) => issueDraft(more));
const screens = fc
  .tuple(
    fc.subarray([COMPONENTS, SECURITY, CAUSE, { ...CAUSE, required: true }]),
    fc.subarray(['priority', 'duedate', 'labels', 'description', 'assignee']),
  )
  .map(([more, without]) => createScreen(more, without));

test('for any draft, the fields are on the screen and none is missing, or every problem says where', () => {
  fc.assert(
    fc.property(drafts, screens, (draft, screen) => {
      const built = issueFields(draft, screen, NOBODY, 'finding');
      if (!built.ok) return built.problems.every(({ part, message }) => part !== '' && message !== '');
      const always = ['project', 'issuetype', 'summary', 'parent'];
      const isKnown = Object.keys(built.fields).every((id) => always.includes(id) || screen.fields.has(id));
      const isWhole = [...screen.fields.values()].every(({ id, required }) => !required || (built.fields[id] ?? null) !== null);
      return isKnown && isWhole;
    }),
  );
});

test('docs/rules.md names the usual priorities, in order', () => {
  const document = readFileSync(new URL('../../../docs/rules.md', import.meta.url), 'utf8');
  for (const [severity, names] of Object.entries(USUAL_PRIORITIES)) expect(document).toContain(`| \`${severity}\` | ${names.join(', ')} |`);
});

describe('names in the language of the account', () => {
  const german = [
    { id: '1', label: 'Höchste', untranslatedName: 'Highest', children: [] },
    { id: '2', label: 'Hoch', untranslatedName: 'High', children: [] },
    { id: '3', label: 'Mittel', untranslatedName: 'Medium', children: [] },
  ];
  const screenWith = (...more: typeof german): CreateScreen =>
    createScreen([createField({ id: 'priority', name: 'Priorität', type: 'priority', kind: 'priority', choices: [...german, ...more] })]);

  test.each(['High', 'hIGH', 'Hoch', '2'])('the priority %s is found by its shown name, its untranslated name or its id', (priority) => {
    expect(made({ priority }, screenWith()).fields).toMatchObject({ priority: { id: '2' } });
  });

  test('the usual priority of a severity is found, too', () => {
    expect(made({ severity: 'critical' }, screenWith()).fields).toMatchObject({ priority: { id: '1' } });
  });

  test('a shown name goes before the untranslated name of another', () => {
    const own = { id: '9', label: 'High', untranslatedName: 'Own', children: [] };
    expect(made({ priority: 'High' }, screenWith(own)).fields).toMatchObject({ priority: { id: '9' } });
  });

  test('a name of several is a problem that says their ids', () => {
    const second = { id: '7', label: 'Sehr hoch', untranslatedName: 'High', children: [] };
    expect(problems({ priority: 'High' }, screenWith(second))).toEqual([
      {
        code: 'priority-unknown',
        part: 'priority',
        message:
          'SEC has more than one priority "High"; say the id instead: "Hoch" (2, untranslated "High"), "Sehr hoch" (7, untranslated "High")',
      },
    ]);
  });

  test('where the screen is not known, a number is an id', () => {
    expect(made({ issueType: '10004', priority: '2' }, null).fields).toMatchObject({ issuetype: { id: '10004' }, priority: { id: '2' } });
    expect(made({ issueType: 'Task', priority: 'High' }, null).fields).toMatchObject({
      issuetype: { name: 'Task' },
      priority: { name: 'High' },
    });
  });
});
