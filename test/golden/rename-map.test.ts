import { expect, test } from 'vitest';
import { toOldTerms } from './rename-map.ts';

const MAP = {
  keys: { '*': { case: 'group' }, issue: { shows: 'stand' } },
  values: { '*': { open: 'active' }, stand: { open: 'opened' } },
  prefixes: { 'case:': 'group:', 'case:x:': 'x:' },
};

test('keys and values by the old name of the key above them, and else by those that stand for everywhere', () => {
  expect(toOldTerms({ case: 'a', issue: { shows: 'open', case: 'open' }, shows: 'open' }, MAP)).toEqual({
    group: 'a',
    issue: { stand: 'opened', group: 'active' },
    shows: 'active',
  });
});

test('what stands in a list stands under its key, and the longest prefix counts', () => {
  expect(toOldTerms({ issue: [[{ shows: ['open', 'opens'] }]], terms: ['case:1', 'case:x:1', 'a case:'] }, MAP)).toEqual({
    issue: [[{ stand: ['opened', 'opens'] }]],
    terms: ['group:1', 'x:1', 'a case:'],
  });
});

test('a name that every object has is no rule', () => {
  expect(toOldTerms({ constructor: 'toString' }, MAP)).toEqual({ constructor: 'toString' });
});
