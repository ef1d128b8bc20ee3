import { expect, test } from 'vitest';
import { bearer, startAdmin, TOKENS } from '../../support/admin/admin-server.ts';

const well = { check: 'store-reachable', ok: true, message: 'It answers', advice: null };
const ill = { check: 'jira-credentials', ok: false, message: 'Jira does not accept them', advice: 'Renew the token' };

test.each([
  ['all is well', [well], true],
  ['something is not', [well, ill], false],
])('the doctor reports that %s, check by check', async (_what, checks, ok) => {
  const admin = await startAdmin([], { doctor: async () => checks });
  const answer = await admin.app.inject({ url: '/api/v1/doctor', headers: bearer(TOKENS.operator) });
  await admin.close();
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual({ ok, checks });
});
