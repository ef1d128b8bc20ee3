import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadParts } from '../../../src/load-parts.ts';
import { forgetPersonRoute } from '../../../src/parts/actor/forget-person.ts';
import { part } from '../../../src/parts/actor/actor-part.ts';
import { codesIn, rowsUnder, textOf } from '../../support/docs/read-docs.ts';

const unused = () => Promise.reject(new Error('Not used'));

test('the list of parts has the part by the variable that turns it on', async () => {
  const [loaded] = await loadParts({ actor: part.settings }, { ACTOR_ROLE_NAME: 'findings-to-jira-actor' }, { version: 1, rules: [] });
  expect(loaded).toBe(part);
  expect(part.settings).toEqual(['ACTOR_ROLE_NAME']);
  const app = readFileSync(join(import.meta.dirname, '../../../src/app.ts'), 'utf8');
  expect(app).toMatch(/const PARTS = \{[^}]*\bactor: \['ACTOR_ROLE_NAME'\]/);
});

test('its routes are in the reference', () => {
  const route = forgetPersonRoute({ store: Object.create(null), learn: unused });
  const listed = rowsUnder(textOf('docs/operations/reference.md'), 'Routes of parts').filter(([, , of]) => codesIn(of).includes('actor'));
  expect(listed.map(([path, role]) => [codesIn(path).join(), role])).toEqual([
    [`${route.method} ${route.path.replace(/:(\w+)/g, '{$1}')}`, route.access],
  ]);
});

test('what it needs in AWS, and what it keeps, is written down', () => {
  const privacy = textOf('docs/privacy.md');
  for (const right of part.permissions) expect(privacy).toContain(`\`${right}\``);
  for (const { name } of part.collections) expect(privacy).toContain(`\`${name}\``);
});
