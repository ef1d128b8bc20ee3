import { expect, test } from 'vitest';
import { loadParts } from '../src/load-parts.ts';
import { SettingRefused } from '../src/pipeline/ports/setting-refused.ts';

test('a part none of whose variables is set is not imported', async () => {
  expect(await loadParts({ missing: ['MISSING_ROLE_NAME'] }, { OTHER_ROLE_NAME: 'role' })).toEqual([]);
});

test('a variable of a part that is not there is refused by its name', async () => {
  const loading = loadParts({ missing: ['MISSING_ROLE_NAME'] }, { MISSING_ROLE_NAME: 'role' });
  await expect(loading).rejects.toThrow(SettingRefused);
  await expect(loading).rejects.toThrow('MISSING_ROLE_NAME: set, but this service has no part missing');
});
