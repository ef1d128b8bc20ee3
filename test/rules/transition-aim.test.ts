import { expect, test } from 'vitest';
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
