import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadParts } from '../../../src/load-parts.ts';
import { part } from '../../../src/parts/actor/actor-part.ts';

test('the list of parts has the part by the variable that turns it on', async () => {
  const [loaded] = await loadParts({ actor: part.settings }, { ACTOR_ROLE_NAME: 'findings-to-jira-actor' }, { version: 1, rules: [] });
  expect(loaded).toBe(part);
  expect(part.settings).toEqual(['ACTOR_ROLE_NAME']);
  const app = readFileSync(join(import.meta.dirname, '../../../src/app.ts'), 'utf8');
  expect(app).toMatch(/const PARTS = \{[^}]*\bactor: \['ACTOR_ROLE_NAME'\]/);
});

test('what it needs in AWS, and what it keeps, is written down', () => {
  const privacy = readFileSync(join(import.meta.dirname, '../../../docs/privacy.md'), 'utf8');
  for (const right of part.permissions) expect(privacy).toContain(`\`${right}\``);
  for (const { name } of part.collections) expect(privacy).toContain(`\`${name}\``);
});
