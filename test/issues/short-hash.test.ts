import { expect, test } from 'vitest';
import { shortHash } from '../../src/issues/short-hash.ts';

// Ids in the store, and labels and properties in Jira, are made of it: another value for the same parts would lose them all.
test.each([
  [['a'], 'b223rvxydpdhpwukbblhzrh2ti'],
  [['default', 'arn:aws:s3:::b'], 'bnc6use6xtuxrgtezcz554qwyr'],
  [[], 'j5j43immfovaya2uxnpzupwl4x'],
])('the short hash of %j stays the same for ever', (parts, expected) => {
  expect(shortHash(...parts)).toBe(expected);
});
