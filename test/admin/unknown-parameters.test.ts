import { expect, test } from 'vitest';
import { bearer, startAdmin, TOKENS } from '../support/admin/admin-server.ts';
import { readDescription } from '../support/admin/api-description.ts';

test('every route refuses an unknown parameter, and an invalid page size', async () => {
  const admin = await startAdmin([]);
  const { routes } = await readDescription(admin.app);
  const ours = routes.filter(({ path }) => path.startsWith('/api/'));
  expect(ours.length).toBeGreaterThan(30);
  for (const { method, path, operation } of ours) {
    const url = path.replaceAll(/\{\w+\}/g, 'all');
    const withBody = operation.requestBody === undefined ? {} : { payload: {} };
    const takesLimit = operation.parameters?.some(({ name }) => name === 'limit') === true;
    for (const query of [
      'nonsense=1',
      ...(takesLimit ? ['limit=0', 'limit=501', 'limit=1e309', 'limit=1.5', 'limit=-1', 'limit=', 'limit=1&limit=2'] : []),
    ]) {
      const answer = await admin.app.inject({ method, url: `${url}?${query}`, headers: bearer(TOKENS.admin), ...withBody });
      expect([method, path, query, answer.statusCode, answer.json().code]).toEqual([method, path, query, 400, 'invalid-request']);
    }
  }
  await admin.close();
});
