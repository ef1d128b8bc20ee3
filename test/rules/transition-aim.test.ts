import { expect, test } from 'vitest';
import { parseRules } from '../../src/rules/parse-rules.ts';
import { closeAim, type CloseAims, type TransitionAim } from '../../src/rules/transition-aim.ts';

const A = { customfield_1: 'general', customfield_2: 'general' };

test.each<[string, CloseAims | undefined, TransitionAim | null]>([
  ['nothing', undefined, null],
  ['an empty part', {}, null],
  ['only a part for another outcome', { archived: { status: 'Accepted' } }, null],
  ['a general part', { status: 'Done', fields: A }, { status: 'Done', fields: A }],
  ['an empty part for this outcome', { status: 'Done', resolved: {} }, { status: 'Done' }],
  [
    'another resolution',
    { status: 'Done', resolution: 'Done', resolved: { resolution: 'Fixed' } },
    { status: 'Done', resolution: 'Fixed' },
  ],
  ['a status, which replaces the transition, too', { transition: 'Close', resolved: { status: 'Done' } }, { status: 'Done' }],
  ['a transition, which replaces the status, too', { status: 'Done', resolved: { transition: 'Fix' } }, { transition: 'Fix' }],
  [
    'fields, which are combined',
    { fields: A, resolved: { fields: { customfield_2: 'own' } } },
    { fields: { customfield_1: 'general', customfield_2: 'own' } },
  ],
])('a resolved finding and a rule with %s', (_, aims, expected) => {
  expect(closeAim(aims, 'resolved')).toEqual(expected);
});

test('a duplicate has the general part alone', () => {
  expect(closeAim({ status: 'Done', resolved: { status: 'Fixed' }, unmonitored: { status: 'Gone' } }, 'duplicate')).toEqual({
    status: 'Done',
  });
});

const sending = {
  id: 'sending',
  match: { source: ['aws.access-analyzer'] },
  action: 'issue',
  issue: { project: 'SEC', issueType: 'Task' },
};

test.each<[string, object, string, string]>([
  ['close as text', { close: 'Done' }, 'rules[0].close', 'an object with status, transition, resolution and fields'],
  [
    'an unknown part of close',
    { close: { statuses: 'Done' } },
    'rules[0].close.statuses',
    'unknown here, expected only status, transition, resolution, fields, resolved, archived, unmonitored',
  ],
  ['a status by number', { close: { status: 5 } }, 'rules[0].close.status', 'a name such as Done'],
  ['an unknown outcome', { close: { ended: {} } }, 'rules[0].close.ended', 'unknown here'],
  ['a resolution of a reopening', { reopen: { resolution: 'Done' } }, 'rules[0].reopen.resolution', 'unknown here'],
  ['an outcome in an outcome', { close: { resolved: { archived: {} } } }, 'rules[0].close.resolved.archived', 'unknown here'],
  ['a blank resolution', { close: { resolution: ' ' } }, 'rules[0].close.resolution', 'a name such as Done'],
  ['a resolution by id', { close: { resolution: { id: '1' } } }, 'rules[0].close.resolution', 'a name such as Done'],
  ['fields as a list', { close: { fields: [] } }, 'rules[0].close.fields', 'an object of at most 50 Jira field ids'],
  ['a field by its name', { close: { fields: { 'Root cause': 'x' } } }, 'rules[0].close.fields', 'field ids such as customfield_10042'],
  [
    'the resolution among the fields',
    { close: { fields: { resolution: { id: '1' } } } },
    'rules[0].close.fields',
    'neither resolution nor comment',
  ],
  [
    '51 fields',
    { close: { fields: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`customfield_${index}`, 1])) } },
    'rules[0].close.fields',
    'at most 50',
  ],
  [
    'a part of close as text',
    { close: { resolved: 'Done' } },
    'rules[0].close.resolved',
    'an object with status, transition, resolution, fields',
  ],
  ['a transition by number', { close: { transition: 31 } }, 'rules[0].close.transition', 'a name such as Resolve issue'],
  ['reopen as text', { reopen: 'To Do' }, 'rules[0].reopen', 'an object with status, transition, fields'],
  ['a reopening to a status by number', { reopen: { status: 5 } }, 'rules[0].reopen.status', 'a name such as To Do'],
  ['a reopening by number', { reopen: { transition: 31 } }, 'rules[0].reopen.transition', 'a name such as Reopen'],
])('a rule with %s has that one problem', (_, parts, path, message) => {
  const parsed = parseRules({ version: 1, rules: [{ ...sending, ...parts }] });
  expect(parsed.ok ? [] : parsed.problems).toEqual([{ path, message: expect.stringContaining(message) }]);
});
