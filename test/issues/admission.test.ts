import { expect, test } from 'vitest';
import { isUrgent, openingKind, type Admission, type Opening } from '../../src/issues/admission.ts';

const OPENING: Opening = { kind: 'live', severity: 'low', since: 1, projectKey: 'SEC', ruleId: 'all' };

test.each<readonly [string, Admission | undefined, Opening['kind']]>([
  ['that no limit has met', undefined, 'live'],
  ['that was there before', { is: 'backlog' }, 'backlog'],
  ['that is held as live', { is: 'held', ...OPENING }, 'live'],
  ['that is held as backlog', { is: 'held', ...OPENING, kind: 'backlog' }, 'backlog'],
  ['that is admitted', { is: 'admitted' }, 'live'],
])('the kind of a group %s', (_, admission, kind) => {
  expect(openingKind(admission)).toBe(kind);
});

test.each([
  ['live', 'critical', true],
  ['live', 'high', true],
  ['live', 'medium', false],
  ['live', 'low', false],
  ['backlog', 'critical', false],
  ['backlog', 'high', false],
  ['backlog', 'low', false],
] as const)('an opening that is %s and of severity %s: urgent is %s', (kind, severity, urgent) => {
  expect(isUrgent({ kind, severity })).toBe(urgent);
});
