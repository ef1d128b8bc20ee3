import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/findings/json.ts';
import { createFields, type CreateField } from '../../../src/jira/project/create-screen.ts';
import { fieldValue, peopleIn } from '../../../src/jira/fields/field-value.ts';
import { sandboxPeople } from '../../../src/sandbox/jira/sandbox-person.ts';
import { fieldJson, fieldRefusal, simulatedField, type FieldKind } from '../../../src/sandbox/jira/simulated-field.ts';
import { choices, createField } from '../../support/jira/create-screen.ts';

const PEOPLE = new Map([['lead@example.com', 'account-1']]);
const [TEXT, AREA, URL_FIELD, NUMBER, DATE, TIME] = [
  { type: 'string', kind: 'textfield' },
  { type: 'string', kind: 'textarea' },
  { type: 'string', kind: 'url' },
  { type: 'number', kind: 'float' },
  { type: 'date', kind: 'datepicker' },
  { type: 'datetime', kind: 'datetime' },
];
const OPTION = { type: 'option', kind: 'select', choices: choices('Policy', 'Role') };
const OPTIONS = { type: 'array', items: 'option', kind: 'multiselect', choices: choices('Policy', 'Role') };
const CASCADE = {
  type: 'option-with-child',
  kind: 'cascadingselect',
  choices: [{ id: '7', label: 'Cloud', children: choices('Storage', 'Network') }],
};
const USER = { type: 'user', kind: 'userpicker' };
const VERSION = { type: 'version', kind: 'version', choices: choices('2.0', '2.1') };

type Kind = Partial<CreateField>;
const valueOf = (kind: Kind, input: Json): ReturnType<typeof fieldValue> =>
  fieldValue(createField({ id: 'customfield_1', ...kind }), input, PEOPLE);

test.each<[string, Kind, Json, unknown]>([
  ['a text', TEXT, 'Team A', 'Team A'],
  ['an explicit null', NUMBER, null, null],
  ['a paragraph', AREA, 'one\ntwo', { type: 'doc', version: 1, content: [expect.anything(), expect.anything()] }],
  ['a paragraph as a document', AREA, { type: 'doc', version: 1, content: [] }, { type: 'doc', version: 1, content: [] }],
  ['an address', URL_FIELD, 'https://example.com/a?b=c', 'https://example.com/a?b=c'],
  ['a number', NUMBER, 3.5, 3.5],
  ['zero', NUMBER, 0, 0],
  ['a day', DATE, '2028-02-29', '2028-02-29'],
  ['a time in UTC', TIME, '2026-03-01T10:00:00Z', '2026-03-01T10:00:00.000+0000'],
  ['a time in a zone', TIME, '2026-03-01T10:00:00.5+02:00', '2026-03-01T08:00:00.500+0000'],
  ['a time without seconds, zone without a colon', TIME, '2026-03-01T10:00+0200', '2026-03-01T08:00:00.000+0000'],
  ['an option by its text', OPTION, 'Role', { id: '2' }],
  ['an option in another case', OPTION, ' pOlicy ', { id: '1' }],
  ['an option by its id', OPTION, { id: '2' }, { id: '2' }],
  ['an option by its value', OPTION, { value: 'Role' }, { value: 'Role' }],
  ['an option that Jira does not list', { ...OPTION, choices: null }, 'Anything', { value: 'Anything' }],
  ['several options', OPTIONS, ['Role', { id: '1' }], [{ id: '2' }, { id: '1' }]],
  ['no options', OPTIONS, [], []],
  ['the upper half of a cascade', CASCADE, ['Cloud'], { id: '7' }],
  ['a whole cascade', CASCADE, ['Cloud', 'network'], { id: '7', child: { id: '2' } }],
  ['a cascade that Jira does not list', { ...CASCADE, choices: null }, ['A', 'B'], { value: 'A', child: { value: 'B' } }],
  ['a cascade as it is', CASCADE, { id: '7', child: { id: '1' } }, { id: '7', child: { id: '1' } }],
  ['a person by address', USER, 'lead@example.com', { accountId: 'account-1' }],
  ['a person by id', USER, 'id:712020:x', { accountId: '712020:x' }],
  ['people', { type: 'array', items: 'user' }, ['lead@example.com', 'id:b'], [{ accountId: 'account-1' }, { accountId: 'b' }]],
  ['a group', { type: 'group' }, 'admins', { name: 'admins' }],
  ['groups', { type: 'array', items: 'group' }, ['a', 'b'], [{ name: 'a' }, { name: 'b' }]],
  ['a version', VERSION, '2.1', { id: '2' }],
  ['versions', { ...VERSION, type: 'array', items: 'version' }, ['2.0'], [{ id: '1' }]],
  ['a version that Jira does not list', { ...VERSION, choices: null }, '3', { name: '3' }],
  ['labels', { type: 'array', items: 'string', kind: 'labels' }, ['a', 'b-c'], ['a', 'b-c']],
  ['a project', { type: 'project' }, 'SEC', { key: 'SEC' }],
  ['an issue', { type: 'issuelink' }, 'SEC-12', { key: 'SEC-12' }],
  ['an epic', { type: 'any', kind: 'gh-epic-link' }, 'SEC-12', 'SEC-12'],
  ['a sprint', { type: 'array', items: 'json', kind: 'gh-sprint' }, 7, 7],
  ['an unknown kind, as an object', { type: 'com.example' }, { a: [1] }, { a: [1] }],
  ['a list of an unknown kind', { type: 'array', items: 'com.example' }, [{ a: 1 }], [{ a: 1 }]],
])('%s', (_, kind, input, value) => {
  expect(valueOf(kind, input)).toEqual({ ok: true, value });
});

test.each<[string, Kind, Json, string]>([
  ['a number for a text', TEXT, 5, 'a text'],
  ['an empty text', TEXT, ' ', 'a text'],
  ['two lines where there is one', TEXT, 'a\nb', 'a text of one line'],
  ['an object for a text', TEXT, { id: '1' }, 'a text'],
  ['a text without an end', AREA, 'x'.repeat(30_001), 'at most 30000'],
  ['no address', URL_FIELD, 'javascript:alert(1)', 'https://example.com/x'],
  ['a text for a number', NUMBER, '3', 'a number'],
  ['a day that is none', DATE, '2026-02-29', 'a day such as'],
  ['a day in another form', DATE, '1.3.2026', 'a day such as'],
  ['a time without a zone', TIME, '2026-03-01T10:00:00', 'with its zone'],
  ['a time on a day that is none', TIME, '2026-02-30T10:00:00Z', 'with its zone'],
  ['an hour that is none', TIME, '2026-03-01T25:00:00Z', 'with its zone'],
  ['an option that is not there', OPTION, 'Other', 'one of Policy, Role'],
  ['an option by an id that is not there', OPTION, { id: '9' }, 'one of Policy, Role, or its id'],
  ['an option by a value that is not there', OPTION, { value: 'Other' }, 'one of Policy, Role'],
  ['a number for an option', OPTION, 1, 'one of Policy, Role'],
  ['an option of a field without any', { ...OPTION, choices: [] }, 'x', 'the project offers none'],
  ['one text for a list', OPTIONS, 'Role', 'a list'],
  ['one wrong in a list', OPTIONS, ['Role', 'Other'], 'one of Policy, Role'],
  ['an upper half that is not there', CASCADE, ['Land'], 'one of Cloud'],
  ['a lower half that is not there', CASCADE, ['Cloud', 'Land'], 'below "Cloud" one of Storage, Network'],
  ['three halves', CASCADE, ['Cloud', 'Storage', 'x'], 'a list of one or two texts'],
  ['a person whom Jira does not know', USER, 'who@example.com', 'an active person'],
  ['a person by nothing', USER, 'id:', 'an active person'],
  ['a number for a person', USER, 5, 'an e-mail address'],
  ['a group without a name', { type: 'group' }, '', 'a name'],
  ['a label with a space', { type: 'array', items: 'string', kind: 'labels' }, ['a b'], 'without spaces'],
  ['a label that is too long', { type: 'array', items: 'string', kind: 'labels' }, ['x'.repeat(256)], 'at most 255'],
  ['a project in small letters', { type: 'project' }, 'sec', 'the key of a project'],
  ['an issue without a number', { type: 'issuelink' }, 'SEC', 'the key of an issue'],
  ['a sprint by name', { type: 'array', items: 'json', kind: 'gh-sprint' }, 'Sprint 1', 'a number'],
  ['a text of an unknown kind', { type: 'com.example' }, 'x', 'an object as the REST API takes it'],
  ['a kind with the name of a property of objects', { type: 'constructor' }, 'x', 'an object as the REST API takes it'],
])('refused: %s', (_, kind, input, words) => {
  expect(valueOf(kind, input)).toEqual({ ok: false, expected: expect.stringContaining(words) });
});

test('many choices are named in part', () => {
  const many = { ...OPTION, choices: choices(...Array.from({ length: 40 }, (_, n) => `V${n}`)) };
  expect(valueOf(many, 'x')).toEqual({ ok: false, expected: expect.stringMatching(/V14 and 25 more$/) });
});

test('people are named by fields about people only', () => {
  const field = (more: Kind): CreateField => createField({ id: 'x', ...more });
  expect(peopleIn(field(USER), 'a@b')).toEqual(['a@b']);
  expect(peopleIn(field({ type: 'array', items: 'user' }), ['a@b', { accountId: 'x' }, 5])).toEqual(['a@b']);
  expect(peopleIn(field(TEXT), 'a@b')).toEqual([]);
});

describe('every kind that the simulated Jira has', () => {
  const people = sandboxPeople([{ accountId: 'account-1', displayName: 'Lead', email: 'lead@example.com' }]);
  const options = ['Policy', { label: 'Cloud', below: ['Storage'] }];
  const kinds: readonly FieldKind[] = [
    'textfield',
    'textarea',
    'url',
    'float',
    'datepicker',
    'datetime',
    'select',
    'multiselect',
    'cascadingselect',
    'userpicker',
    'multiuserpicker',
    'grouppicker',
    'labels',
    'multiversion',
    'components',
    'security',
    'odd',
  ];
  const one = fc.oneof(
    fc.constantFrom<Json>('Policy', 'cloud', 'Storage', 'lead@example.com', 'id:account-1', 'https://example.com', '2026-03-01'),
    fc.constantFrom<Json>(
      '2026-03-01T10:00:00Z',
      5,
      true,
      null,
      '',
      'a b',
      'x\ny',
      { id: '10001' },
      { value: 'Policy' },
      { name: 'Cloud' },
      {},
    ),
    fc.string(),
    fc.integer(),
  );
  const input: fc.Arbitrary<Json> = fc.oneof(one, fc.array(one, { maxLength: 3 }));

  test.each(kinds)('%s: a value that we accept is accepted by it, too', (kind) => {
    const simulated = simulatedField({ id: 'customfield_10042', name: 'X', kind, options }, 0);
    const [field] = createFields([fieldJson(simulated)]).values();
    if (field === undefined) throw new Error(`${kind} was not read`);
    let taken = 0;
    fc.assert(
      fc.property(input, (value) => {
        const read = fieldValue(field, value, PEOPLE);
        if (!read.ok) return;
        taken += 1;
        const sent: Json = JSON.parse(JSON.stringify(read.value));
        // Objects are the rule's own affair, and people by id are Jira's.
        const isOwn = JSON.stringify(value).includes('{') || JSON.stringify(value).includes('id:');
        expect({ value, sent, refused: isOwn ? null : fieldRefusal(simulated, sent, people) }).toMatchObject({ refused: null });
      }),
      { numRuns: 400 },
    );
    expect(taken).toBeGreaterThan(0);
  });
});
