import { expect, test } from 'vitest';
import { loadParts } from '../src/load-parts.ts';
import type { RuleSet } from '../src/rules/routing-rule.ts';
import { SettingRefused } from '../src/pipeline/ports/setting-refused.ts';

const RULES: RuleSet = { version: 1, rules: [] };

test('a part none of whose variables is set is not imported', async () => {
  expect(await loadParts({ missing: ['MISSING_ROLE_NAME'] }, { OTHER_ROLE_NAME: 'role' }, RULES)).toEqual([]);
});

test('a variable of a part that is not there is refused by its name', async () => {
  const loading = loadParts({ missing: ['MISSING_ROLE_NAME'] }, { MISSING_ROLE_NAME: 'role' }, RULES);
  await expect(loading).rejects.toThrow(SettingRefused);
  await expect(loading).rejects.toThrow('MISSING_ROLE_NAME: set, but this service has no part missing');
});

test('a part is turned on by the rules file, too, which is refused where the part is not there', async () => {
  expect(await loadParts({ missing: ['owner'] }, {}, RULES)).toEqual([]);
  const loading = loadParts({ missing: ['MISSING_ROLE_NAME', 'owner'] }, {}, { ...RULES, owner: { tags: ['team'] } });
  await expect(loading).rejects.toThrow('RULES_FILE: set, but this service has no part missing');
});
