import { expect, test } from 'vitest';
import type { HistoryEntry } from '../../../src/pipeline/records/finding-record.ts';
import type { Finding } from '../../../src/findings/finding.ts';
import { SIMPLE_WORKFLOW } from '../../../src/sandbox/jira/workflow.ts';
import { numberedEvent, range } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';

const seen = (minute: number, status: 'ACTIVE' | 'RESOLVED' = 'ACTIVE'): Finding => findingOf(numberedEvent(1, minute, status));

async function emit(site: Site, parts: ServiceParts, finding: Finding): Promise<void> {
  const { group } = await parts.accept(finding);
  await finish(site, parts, group);
}

async function calls(parts: ServiceParts, what: HistoryEntry['what']): Promise<HistoryEntry['calls']> {
  return (await parts.record(seen(0).key))?.history.findLast((entry) => entry.what === what)?.calls;
}

/** The requests as Jira itself recorded them, in the form that the history of a finding should have. */
function noted(site: Site, operations: readonly string[]): unknown[] {
  return site.jira
    .history()
    .filter(({ operation }) => operations.includes(operation))
    .map(({ operation, status, traceId }) => ({
      operation,
      result: String(status),
      requestId: status === 'lost' ? null : traceId,
      tookMs: expect.any(Number),
    }));
}

test('the history names the requests that created, closed and reopened an issue, and the ids by which Jira knows them', async () => {
  const site = await openSite({ projects: [{ key: 'SEC', workflow: 'strict' }] });
  const parts = await site.start();
  await emit(site, parts, seen(1));
  expect(await calls(parts, 'created')).toEqual(noted(site, ['POST /issue']));
  await emit(site, parts, seen(2, 'RESOLVED'));
  const closing = await calls(parts, 'closed');
  expect(closing?.map(({ operation }) => operation)).toContain('POST /issue/*/transitions');
  expect(closing).toEqual(noted(site, ['GET /issue/*', 'POST /issue/*/transitions']));
  const before = site.jira.history().length;
  await emit(site, parts, seen(3));
  expect((await calls(parts, 'reopened'))?.map(({ requestId }) => requestId)).toEqual(
    site.jira
      .history()
      .slice(before)
      .map(({ traceId }) => traceId),
  );
});

test('a refusal comes with its request', async () => {
  const site = await openSite();
  const parts = await site.start();
  site.jira.faults.next.push({ on: 'POST /issue', fault: 'status', status: 403, body: { errorMessages: ['No'], errors: {} } });
  await emit(site, parts, seen(1));
  expect(await calls(parts, 'failed')).toEqual(noted(site, ['POST /issue']).slice(0, 1));
  expect((await calls(parts, 'failed'))?.[0]).toMatchObject({ result: '403' });
});

test('a lost answer has no id, and the lookup that finds the issue has its own', async () => {
  const site = await openSite();
  const parts = await site.start();
  site.jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
  await emit(site, parts, seen(1));
  expect(await calls(parts, 'uncertain')).toEqual([
    { operation: 'POST /issue', result: expect.stringMatching(/^[A-Z_]+$/), requestId: null, tookMs: expect.any(Number) },
  ]);
  expect((await calls(parts, 'adopted'))?.map(({ operation }) => operation)).toContain('POST /search/jql');
});

test('a close is one call; project, workflow and the resolution that it gives are read once for all of them, and the read of the project is in no history', async () => {
  const screened = SIMPLE_WORKFLOW.transitions.map((one) =>
    one.to === 'Done' ? { ...one, screen: { resolution: 'absent' } as const } : one,
  );
  const site = await openSite({ projects: [{ key: 'SEC', workflow: { ...SIMPLE_WORKFLOW, transitions: screened } }] });
  const parts = await site.start();
  for (const n of range(4)) await emit(site, parts, findingOf(numberedEvent(n, 1)));
  const before = site.jira.history().length;
  for (const n of range(4)) await emit(site, parts, findingOf(numberedEvent(n, 2, 'RESOLVED')));
  const [GET, TRANSITION] = ['GET /issue/*', 'POST /issue/*/transitions'];
  const made = site.jira.history().slice(before);
  expect(made.map(({ operation }) => operation)).toEqual([
    'GET /project/*/statuses',
    GET,
    TRANSITION,
    GET,
    TRANSITION,
    TRANSITION,
    TRANSITION,
  ]);
  const noted = range(4).map(
    async (n) => (await parts.record(findingOf(numberedEvent(n, 2)).key))?.history.findLast(({ what }) => what === 'closed')?.calls,
  );
  expect((await Promise.all(noted)).map((calls) => calls?.map(({ operation }) => operation))).toEqual([
    [GET, TRANSITION, GET],
    [TRANSITION],
    [TRANSITION],
    [TRANSITION],
  ]);
});
