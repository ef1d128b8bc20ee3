import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadParts } from '../../../src/load-parts.ts';
import { part } from '../../../src/parts/owner/owner-part.ts';

const textOf = (file: string): string => readFileSync(join(import.meta.dirname, '../../..', file), 'utf8');

test('the list of parts has the part by its variable and by the owner of the rules file', async () => {
  const known = { owner: [...part.settings, 'owner'] };
  const rules = { version: 1 as const, rules: [] };
  expect(await loadParts(known, {}, rules)).toEqual([]);
  expect(await loadParts(known, { OWNER_ROLE_NAME: 'tags' }, rules)).toEqual([part]);
  expect(await loadParts(known, {}, { ...rules, owner: { tags: ['team'] } })).toEqual([part]);
  expect(textOf('src/app.ts')).toMatch(/const PARTS = \{[^}]*\bowner: \['OWNER_ROLE_NAME', 'owner'\]/);
});

test('what it needs in AWS, and what it keeps, is written down', () => {
  for (const right of part.permissions) expect(textOf('README.md')).toContain(`"${right}"`);
  for (const { name } of part.collections) expect(textOf('docs/privacy.md')).toContain(`\`${name}\``);
});
