import { expect, test } from 'vitest';
import { memberShortForm } from '../../../src/issues/marker.ts';
import { namedAmong } from '../../../src/pipeline/groups/groups-naming.ts';

const [ONE, OTHER, UNKNOWN] = ['arn:aws:analyzer/One|id', 'arn:aws:analyzer/Other|id', 'unknown|id'] as const;

test.each<[string, readonly string[], string, boolean]>([
  ['itself', [OTHER, ONE], ONE, true],
  ['its short form', [ONE], memberShortForm(ONE), true],
  ['a member in its short form', [memberShortForm(ONE)], ONE, true],
  ['the same without its analyzer', [ONE], UNKNOWN, true],
  ['the same with an analyzer', [UNKNOWN], ONE, true],
  ['the same id of another analyzer', [OTHER], ONE, false],
  ['another id without its analyzer', [ONE], 'unknown|other', false],
  ['another id with an analyzer', [UNKNOWN], 'arn:aws:analyzer/One|other', false],
  ['the short form of another', [ONE], memberShortForm(OTHER), false],
  ['anything, among none', [], ONE, false],
])('a name among others: %s', (_, members, name, is) => {
  expect(namedAmong(members)(name)).toBe(is);
});
