import { describe, expect, test } from 'vitest';
import type { GroupRecord } from '../../../src/issues/group-record.ts';
import type { ServiceEvent } from '../../../src/pipeline/ports/service-event.ts';
import { createAccessWatch } from '../../../src/pipeline/runtime/watch-access.ts';
import { numberedEvent, range } from '../../support/findings/findings-by-number.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { killAtAsk } from '../../support/service/kill.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const FINDINGS = 40;

function accept(parts: ServiceParts, numbers: readonly number[]): Promise<string[]> {
  return Promise.all(numbers.map(async (n) => (await parts.accept(findingOf(numberedEvent(n, 1)))).group));
}

async function records(parts: ServiceParts, groups: readonly string[]): Promise<readonly (GroupRecord | null)[]> {
  return Promise.all(groups.map((group) => parts.group(group)));
}

async function allFailed(parts: ServiceParts, groups: readonly string[]): Promise<boolean> {
  return (await records(parts, groups)).every((record) => record?.failure?.code === 'jira-auth');
}

/** When requests were refused, by the test's clock, ms. */
function refusals({ jira }: Site): readonly number[] {
  return jira
    .history()
    .filter(({ status, operation }) => status === 401 || (status === 'waiting' && operation === 'GET /myself'))
    .map(({ at }) => Date.parse(at));
}

function mostInAMinute(times: readonly number[]): number {
  return Math.max(...times.map((time) => times.filter((other) => other >= time && other < time + 60_000).length));
}

function sent({ jira }: Site, operation: string): number {
  return jira.history().filter((entry) => entry.operation === operation).length;
}

function about(events: readonly ServiceEvent[], what: ServiceEvent['what']): number {
  return events.filter((event) => event.what === what).length;
}

/** A service whose token was revoked, with all findings failed for it. */
async function revoked(): Promise<{ site: Site; parts: ServiceParts; groups: readonly string[] }> {
  const site = await openSite();
  const parts = await site.start({ working: true });
  site.jira.faults.revokedTokens = [site.jira.credentials.apiToken];
  const groups = await accept(parts, range(FINDINGS));
  await until(() => allFailed(parts, groups), 'every finding has failed');
  return { site, parts, groups };
}

describe('a revoked token', () => {
  test('is one event: the calls in flight are refused, then only the question about it, with a backoff', async () => {
    const { site, parts } = await revoked();
    await until(() => about(parts.serviceEvents, 'token-refused') > 0, 'it is reported');
    const first = refusals(site).length;
    expect(first).toBeLessThanOrEqual(10);
    const before = sent(site, 'GET /myself');
    await until(() => {
      site.clock.forward(2_000);
      return sent(site, 'GET /myself') > before + 3;
    }, 'it is asked about again and again');
    expect(sent(site, 'GET /myself') - before).toBe(refusals(site).length - first);
    expect(mostInAMinute(refusals(site))).toBeLessThan(20);
    expect(about(parts.serviceEvents, 'token-refused')).toBe(1);
    expect(parts.access.state()).toMatchObject({ access: 'refused', refusals: 1 });
  });

  test('costs what was not sent no attempt, and shows as the failure of each finding', async () => {
    const { site, parts, groups } = await revoked();
    const unsent = (await records(parts, groups)).filter((record) => record?.failure?.retry.when === 'token-accepted');
    expect(unsent.length).toBeGreaterThanOrEqual(FINDINGS - 8);
    for (const record of unsent) expect(record).toMatchObject({ attempts: 0, intent: null, requeueAt: { because: 'backoff' } });
    const mapping = (await parts.record(findingOf(numberedEvent(7, 1)).key))?.mapping;
    expect(mapping).toMatchObject({ state: 'failed', error: { code: 'jira-auth' } });
    expect(site.created()).toBe(0);
  });

  test('that is accepted again opens everything, one issue each', async () => {
    const { site, parts, groups } = await revoked();
    site.jira.faults.revokedTokens = [];
    site.clock.forward(40_000);
    await until(() => site.created() === FINDINGS, 'all are opened');
    await until(() => about(parts.serviceEvents, 'token-accepted') > 0, 'that is reported');
    expect(parts.access.state()).toMatchObject({ access: 'accepted', refusals: 1 });
    await until(async () => (await records(parts, groups)).every((record) => record?.failure === null), 'no failure is left');
    expect(site.jira.issues()).toHaveLength(FINDINGS);
  });

  test('lets one finding go first when it is accepted again', async () => {
    const { site, parts } = await revoked();
    site.jira.faults.revokedTokens = [];
    site.jira.faults.next.push({ on: 'POST /issue', fault: 'status', status: 401 });
    site.clock.forward(40_000);
    const before = sent(site, 'POST /issue');
    await until(() => sent(site, 'POST /issue') > before, 'one is sent');
    await until(() => parts.access.state().access === 'refused', 'its refusal is heard');
    expect([sent(site, 'POST /issue') - before, site.created()]).toEqual([1, 0]);
    site.clock.forward(40_000);
    await until(() => site.created() === FINDINGS, 'all are opened');
  });
});

describe('a start', () => {
  test('with a new token asks about it first, then releases all that failed for the old one', async () => {
    const { site, parts } = await revoked();
    await parts.stop();
    const before = site.jira.history().length;
    const restarted = await site.start({ working: true, apiToken: site.jira.credentials.renewedApiToken });
    await until(() => site.created() === FINDINGS, 'all are opened');
    expect(site.jira.history()[before]?.operation).toBe('GET /myself');
    await until(() => about(restarted.serviceEvents, 'token-accepted') === 1, 'that is reported');
    expect(about(restarted.serviceEvents, 'token-refused')).toBe(0);
  });

  test('a process that dies while it releases groups leaves the rest to the next start', async () => {
    const { site, parts, groups } = await revoked();
    await parts.stop();
    site.jira.faults.revokedTokens = [];
    const dying = await site.start();
    const watch = createAccessWatch({
      ...dying,
      store: site.store,
      clock: site.clock,
      queue: killAtAsk(dying.queue),
      emit: () => undefined,
    });
    await watch.start();
    await expect(watch.advance()).rejects.toThrow('before the ask');
    expect((await records(dying, groups)).filter((record) => record?.failure === null)).toHaveLength(1);
    await site.start({ working: true });
    await until(() => site.created() === FINDINGS, 'all are opened');
  });

  test('with the revoked token sends nothing but the question about it', async () => {
    const { site, parts } = await revoked();
    await parts.stop();
    const before = site.jira.history().length;
    const restarted = await site.start({ working: true });
    await until(() => about(restarted.serviceEvents, 'token-refused') > 0, 'it is reported');
    site.clock.forward(15 * 60_000);
    await until(() => sent(site, 'GET /myself') > 2, 'it is asked about again');
    expect(
      site.jira
        .history()
        .slice(before)
        .filter(({ operation }) => operation !== 'GET /myself'),
    ).toEqual([]);
  });
});

test('a replica with a new token goes on with what one with the revoked token cannot do', async () => {
  const site = await openSite();
  const shared = { working: true, soleOwner: false, indexLagMs: 0 };
  const old = await site.start({ ...shared, owner: 'old' });
  await until(() => old.trust.isTrusted(), 'the store is trusted');
  site.jira.faults.revokedTokens = [site.jira.credentials.apiToken];
  await site.start({ ...shared, owner: 'new', apiToken: site.jira.credentials.renewedApiToken });
  await accept(old, range(10));
  await until(() => {
    site.clock.forward(1_000);
    return site.created() === 10;
  }, 'all are opened');
  expect(site.jira.issues()).toHaveLength(10);
  expect(old.access.state().access).toBe('refused');
});

describe('an uncertain create', () => {
  test.each([
    ['that made an issue is found by its lookup', true],
    ['that made none is not sent again before the evidence is in', false],
  ])('%s after the token was refused meanwhile', async (_, afterCommit) => {
    const site = await openSite();
    const parts = await site.start();
    site.jira.faults.next.push({ on: 'POST /issue', fault: 'status', status: 503, afterCommit });
    const [group = ''] = await accept(parts, [1]);
    await parts.reconcile(group);
    expect((await parts.group(group))?.intent?.phase).toBe('uncertain');
    site.jira.faults.revokedTokens = [site.jira.credentials.apiToken];
    for (const _round of range(3)) {
      site.clock.forward(11 * 60_000);
      await parts.reconcile(group);
      await parts.accessWatch.advance();
    }
    expect(await parts.group(group)).toMatchObject({
      intent: { phase: 'uncertain', lookups: { valid: 0 } },
      failure: { code: 'jira-auth' },
    });
    site.jira.faults.revokedTokens = [];
    site.clock.forward(60_000);
    for (const _round of range(3)) {
      await parts.accessWatch.advance();
      await parts.reconcile(group);
    }
    expect(sent(site, 'POST /issue')).toBe(1);
    expect(await parts.group(group)).toMatchObject(
      afterCommit ? { intent: null, issue: { key: 'SEC-1' }, failure: null } : { intent: { phase: 'uncertain' }, issue: null },
    );
  });
});

test('a request that Jira refuses although it accepts the token waits alone', async () => {
  const site = await openSite();
  const parts = await site.start();
  const refuseNext = () => site.jira.faults.next.push({ on: 'POST /issue', fault: 'status', status: 401 });
  const [odd = '', other = '', third = ''] = await accept(parts, [1, 2, 3]);
  refuseNext();
  await parts.reconcile(odd);
  await parts.reconcile(other);
  await parts.accessWatch.advance();
  expect((await parts.group(odd))?.failure).toBeNull();
  refuseNext();
  await parts.reconcile(odd);
  await parts.accessWatch.advance();
  expect(parts.access.state().access).toBe('accepted');
  expect(await parts.group(odd)).toMatchObject({ failure: { code: 'jira-auth' }, requeueAt: { because: 'backoff' } });
  await parts.reconcile(third);
  expect((await records(parts, [other, third])).map((record) => record?.issue?.key)).toEqual(['SEC-1', 'SEC-2']);
});

describe('a token without a scope', () => {
  test('stops only the calls that need it, names it, and is not retried because the token is accepted', async () => {
    const site = await openSite();
    const parts = await site.start({ working: true });
    const opened = await accept(parts, [1]);
    await until(() => site.created() === 1, 'the first is opened');
    site.jira.faults.missingScopes = ['write:jira-work'];
    const groups = await accept(
      parts,
      range(10).map((n) => n + 2),
    );
    await until(async () => (await records(parts, groups)).every((record) => record?.failure !== null), 'the others have failed');
    for (const record of await records(parts, groups)) {
      expect(record?.failure).toMatchObject({
        code: 'jira-scope',
        message: expect.stringContaining('POST /issue; it needs write:jira-work'),
      });
      expect(record).toMatchObject({ intent: { phase: 'reserved', attempt: 0 } });
    }
    expect(parts.access.state()).toMatchObject({ access: 'accepted', refusals: 0 });
    expect(await parts.sweep.run()).toMatchObject({ ok: true, swept: { found: 1 } });
    await parts.stop();
    site.jira.faults.missingScopes = [];
    const restarted = await site.start();
    await restarted.accessWatch.advance();
    expect((await records(restarted, groups)).map((record) => record?.failure?.code)).toEqual(range(10).map(() => 'jira-scope'));
    expect((await records(restarted, opened)).map((record) => record?.issue?.key)).toEqual(['SEC-1']);
  });

  test('lets all else go on: what needs another scope is done at once', async () => {
    const site = await openSite();
    const parts = await site.start();
    site.jira.faults.missingScopes = ['read:jira-user'];
    const groups = await accept(parts, range(3));
    for (const group of groups) await parts.reconcile(group);
    expect(site.created()).toBe(3);
  });

  test('can become accepted again although it may not ask who it is', async () => {
    const { site, parts } = await revoked();
    await parts.stop();
    site.jira.faults.missingScopes = ['read:jira-user'];
    await site.start({ working: true, apiToken: site.jira.credentials.renewedApiToken });
    await until(() => site.created() === FINDINGS, 'all are opened');
  });
});
