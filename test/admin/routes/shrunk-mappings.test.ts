import { expect, test } from 'vitest';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { openAdminSite } from '../../support/admin/admin-site.ts';
import { until } from '../../support/until.ts';

const DAY_MS = 86_400_000;

test('a finding that has shrunk is still shown with its issue, found by its fields, evaluated, and left out of a backtest', async () => {
  const { ask, take, parts, site } = await openAdminSite();
  await take(numberedEvent(1, 10));
  await take(numberedEvent(1, 20, 'RESOLVED'));
  const { body: before } = await ask('GET', '/api/v1/mappings/finding-1');
  site.clock.forward(401 * DAY_MS);
  await until(async () => (await parts.retention.advance()) === 'round-done', 'the round has ended');

  const { body: after } = await ask('GET', '/api/v1/mappings/finding-1');
  expect(after).toEqual({
    ...before,
    history: [expect.objectContaining({ what: 'shrunk', because: 'ended-long-ago', issueKey: 'SEC-1' })],
  });
  for (const filter of ['issueKey=SEC-1', 'q=bucket-1', 'findingStatus=RESOLVED&state=closed', 'severity=high']) {
    expect((await ask('GET', `/api/v1/mappings?${filter}`)).body['items']).toMatchObject([
      { findingId: 'finding-1', issue: { key: 'SEC-1' } },
    ]);
  }
  const evaluated = await ask('POST', '/api/v1/rules/evaluate', { findingId: 'finding-1' });
  expect(evaluated.body['outcome']).toMatchObject({ step: 'nothing', because: 'already-closed', issueKey: 'SEC-1', request: null });
  const draft = { version: 1, rules: [{ id: 'none', match: { source: ['aws.access-analyzer'] }, action: 'ignore' }] };
  const url = String((await ask('POST', '/api/v1/rules/backtest', draft)).headers['location']);
  await until(async () => (await ask('GET', url)).body['state'] === 'done', 'the backtest has ended');
  expect((await ask('GET', url)).body['result']).toMatchObject({ findings: 0, effects: { ignores: { findings: 0 } } });
});
