import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/findings/json.ts';
import { createFields, type CreateField } from '../../../src/jira/project/create-screen.ts';
import { fieldValue, peopleIn } from '../../../src/jira/fields/field-value.ts';
import { fitValue } from '../../../src/jira/fields/fit-value.ts';
import { cleanText } from '../../../src/issues/text/adf.ts';
import { sandboxPeople } from '../../../src/sandbox/jira/sandbox-person.ts';
import { fieldJson, fieldRefusal, simulatedField, type FieldKind } from '../../../src/sandbox/jira/simulated-field.ts';
import { nasty } from '../../support/findings/hostile-findings.ts';
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
const TEAM = { type: 'team', kind: 'rm-teams-custom-field-team' };
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
  ['a team by its id', TEAM, '36885b3c-1bf0-4f85-a357-c5b858c31de4', '36885b3c-1bf0-4f85-a357-c5b858c31de4'],
  [
    'an older team',
    { ...TEAM, kind: 'atlassian-team' },
    'ec74d716-af36-4b3c-950f-f79213d08f71-1809',
    'ec74d716-af36-4b3c-950f-f79213d08f71-1809',
  ],
  ['a team by name, where Jira lists them', { ...TEAM, choices: choices('Red', 'Blue') }, 'blue', '2'],
  ['a request type by its keys', { type: 'sd-customerrequesttype', kind: 'vp-origin' }, 'sec/cloud-finding', 'sec/cloud-finding'],
  ['a request type by its id', { type: 'sd-customerrequesttype', kind: 'vp-origin' }, '12', '12'],
  ['organizations', { type: 'array', items: 'sd-customerorganization', kind: 'sd-customer-organizations' }, [322], [322]],
  ['an option by an object with more in it', OPTION, { id: '2', self: 'https://x' }, { id: '2', self: 'https://x' }],
  ['a text of an unknown kind', { type: 'com.example' }, 'x', 'x'],
  ['a number of an unknown kind', { type: 'com.example', choices: choices('A') }, 3, 3],
  ['a kind with the name of a property of objects', { type: 'constructor', kind: 'toString' }, [true, 'x', null], [true, 'x', null]],
  ['a text where a list of an unknown kind is shown', { type: 'array', items: 'com.example' }, 'x', 'x'],
  ['a text of the greatest length', TEXT, 'x'.repeat(255), 'x'.repeat(255)],
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
  ['an object of an unknown kind that is no choice', { type: 'com.example', choices: choices('A') }, [{ id: '9' }], 'one of A, or its id'],
  ['a team by name', TEAM, 'Red', "behind /team/; a name can't be looked up"],
  ['a team by a name that is not listed', { ...TEAM, choices: choices('Blue') }, 'Red', 'behind /team/; or one of Blue'],
  ['a team as Jira shows it', { ...TEAM, kind: 'atlassian-team' }, { id: '7' }, 'the id of a team as a text'],
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

describe('a value with a template in it, fitted to its field', () => {
  const LABELS = { type: 'array', items: 'string', kind: 'labels' };
  const fit = (kind: Kind, given: Json): Json => fitValue(createField({ id: 'x', ...kind }), given);

  test.each<[string, Kind, Json, Json]>([
    ['a text in one line', TEXT, ' a\n b\t c ', 'a b c'],
    ['a text that is cut', TEXT, 'x'.repeat(300), `${'x'.repeat(254)}…`],
    ['a text of an emoji that is cut', TEXT, `${'x'.repeat(253)}🪣🪣`, `${'x'.repeat(253)}…`],
    ['a paragraph keeps its lines', AREA, 'a\n\nb', 'a\n\nb'],
    ['an address', URL_FIELD, 'https://x/a b', 'https://x/a%20b'],
    ['labels', LABELS, ['a b', 'a  b', '', 'f2j-x', 'F2J-y', 'x'.repeat(300)], ['a-b', 'x-f2j-x', 'x-F2J-y', 'x'.repeat(255)]],
    ['a number', NUMBER, ' 12.5 ', 12.5],
    ['no number', NUMBER, '0x10', '0x10'],
    ['organizations', { type: 'array', kind: 'sd-customer-organizations' }, ['322', 7], [322, 7]],
    ['nothing', OPTION, ' \n', null],
    ['a list of nothing', OPTIONS, ['', ' '], null],
    ['an object', { type: 'com.example' }, { a: ' ' }, { a: ' ' }],
  ])('%s', (_, kind, given, fitted) => {
    expect(fit(kind, given)).toEqual(fitted);
  });

  test.each([
    ['textfield', TEXT],
    ['textarea', AREA],
    ['url', URL_FIELD],
    ['labels', LABELS],
  ] as const)('%s: whatever a resource is named, Jira takes it', (of, kind) => {
    const simulated = simulatedField({ id: 'customfield_10042', name: 'X', kind: of }, 0);
    const field = createField({ id: 'customfield_10042', ...kind });
    fc.assert(
      fc.property(nasty, (name) => {
        const text = of === 'url' ? `https://x/${name}` : name;
        const fitted = fitValue(field, of === 'labels' ? [cleanText(text)] : cleanText(text));
        const read = fieldValue(field, fitted, PEOPLE);
        const sent: Json = read.ok ? JSON.parse(JSON.stringify(read.value)) : false;
        expect({ read, refused: fieldRefusal(simulated, sent, []) }).toEqual({
          read: { ok: true, value: read.ok && read.value },
          refused: null,
        });
      }),
      { numRuns: 200 },
    );
  });
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
    'rm-teams-custom-field-team',
    'atlassian-team',
    'vp-origin',
    'sd-customer-organizations',
    'gh-sprint',
    'odd',
  ];
  const LISTING_NONE: readonly FieldKind[] = kinds.slice(kinds.indexOf('security') + 1);
  const one = fc.oneof(
    fc.constantFrom<Json>('36885b3c-1bf0-4f85-a357-c5b858c31de4', 'sec/cloud-finding', '12', [322], 'x'.repeat(256)),
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
    const simulated = simulatedField({ id: 'customfield_10042', name: 'X', kind, options: LISTING_NONE.includes(kind) ? [] : options }, 0);
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
