import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import type { JsonObject } from '../../../src/findings/json.ts';
import { PROPERTY_KEY, tombstoneOf } from '../../../src/issues/marker.ts';
import type { SimulatedIssue } from '../../../src/sandbox/jira/simulated-issue.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { Killed, killAtCall } from '../../support/service/kill.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts, ServicePartsOptions } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { putRules } from '../../support/service/put-rules.ts';

const READ = 'GET /issue/*/properties/*';
const WRITE = 'PUT /issue/*/properties/*';

const rule = (issue: object = {}, groupBy = 'resource'): unknown => ({
  id: 'everything',
  match: { source: ['aws.access-analyzer'] },
  action: 'issue',
  groupBy,
  issue: { project: 'SEC', issueType: 'Task', ...issue },
});

/** A finding of the one bucket, observed in the given minute. */
function member(id: string, minute: number, status = 'ACTIVE'): Finding {
  return findingOf(externalEvent({ detail: { id, status, updatedAt: new Date(Date.UTC(2026, 2, 1, 10, minute)).toISOString() } }));
}

async function emit(site: Site, parts: ServiceParts, finding: Finding): Promise<string> {
  const { group } = await parts.accept(finding);
  await finish(site, parts, group);
  return group;
}

async function putProperty(site: Site, value: JsonObject): Promise<void> {
  await fetch(`${site.jira.url}/rest/api/3/issue/SEC-1/properties/${PROPERTY_KEY}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${site.jira.credentials.bearerToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(value),
  });
}

function only(site: Site): SimulatedIssue {
  const [issue, ...others] = site.jira.issues();
  if (issue === undefined || others.length > 0) throw new Error(`there are ${others.length + 1} issues`);
  return issue;
}

const property = (site: Site): unknown => only(site).properties[PROPERTY_KEY];
const named = (...ids: readonly string[]) => ({ findings: ids.map((id) => member(id, 0).key) });

function calls(site: Site, from: number): string[] {
  return site.jira
    .history()
    .slice(from)
    .map(({ operation }) => operation);
}

/** One finding, whose issue a person closed: its text is not written any more. */
async function closedByPerson(options: Partial<ServicePartsOptions> = {}): Promise<{ readonly site: Site; readonly parts: ServiceParts }> {
  const site = await openSite();
  const parts = await site.start({ rules: rulesOf([rule()]), ...options });
  await emit(site, parts, member('one', 0));
  site.jira.person.transition('SEC-1', 'Done', "Won't Do");
  // The change of its text is not written, and detects that the issue is closed.
  await emit(site, parts, findingOf(externalEvent({ detail: { id: 'one', updatedAt: '2026-03-01T10:01:00Z', action: ['s3:PutObject'] } })));
  expect((await parts.record(member('one', 0).key))?.mapping.because).toBe('closed-by-person');
  return { site, parts };
}

describe('a finding that joins is named by the issue, so that it stays with it when the store is lost and the rules group differently', () => {
  const ways: readonly (readonly [string, (site: Site, parts: ServiceParts) => Promise<ServiceParts>])[] = [
    ['open', async (_, parts) => parts],
    [
      'moved by a person, and read back there',
      async (site) => {
        site.jira.person.move('SEC-1', 'PLAT');
        const parts = await site.start({ rules: rulesOf([rule()]), store: site.emptyStore() });
        await emit(site, parts, member('one', 1));
        return parts;
      },
    ],
    [
      'where the rules would not send it now',
      async (site, parts) => {
        await putRules(site.store, [rule({ project: 'PLAT' })]);
        return parts;
      },
    ],
    [
      'under another security level than the rules say now',
      async (site, parts) => {
        await putRules(site.store, [rule({ securityLevel: 'Secret' })]);
        return parts;
      },
    ],
    [
      'closed by a person',
      async (site, parts) => {
        site.jira.person.transition('SEC-1', 'Done', "Won't Do");
        return parts;
      },
    ],
  ];
  test.each(ways)('%s', async (_, meanwhile) => {
    const site = await openSite();
    const first = await site.start({ rules: rulesOf([rule()]) });
    await emit(site, first, member('one', 0));
    const parts = await meanwhile(site, first);
    await emit(site, parts, member('two', 1));
    expect(property(site)).toMatchObject(named('one', 'two'));
    const again = await site.start({ rules: rulesOf([rule({}, 'finding')]), store: site.emptyStore() });
    for (const id of ['one', 'two']) await emit(site, again, member(id, 2));
    expect(site.jira.issues()).toHaveLength(1);
  });
});

describe('writing the membership', () => {
  test('is one read and one write of the property, and changes nothing else in the issue or the property', async () => {
    const { site, parts } = await closedByPerson();
    const standing = { installation: 'default', group: (await parts.record(member('one', 0).key))?.group ?? '', attempt: 3, linked: true };
    await putProperty(site, { ...standing, ...named('one'), written: { summary: null, description: 'abc' } });
    const [before, from] = [only(site), site.jira.history().length];
    const group = await emit(site, parts, member('two', 2));
    expect(calls(site, from)).toEqual([READ, WRITE]);
    expect(only(site)).toEqual({
      ...before,
      propertyWrites: expect.any(Array),
      properties: { [PROPERTY_KEY]: { ...standing, ...named('one', 'two'), written: { summary: null, description: 'abc' } } },
    });
    expect(await parts.group(group)).toMatchObject({ failure: null, last: { step: 'nothing', because: 'closed-by-person' } });
    await emit(site, parts, member('two', 3));
    expect(calls(site, from)).toHaveLength(2);
  });

  test('sends no write where the property names them already', async () => {
    const { site, parts } = await closedByPerson();
    const group = (await parts.record(member('one', 0).key))?.group ?? '';
    await putProperty(site, { installation: 'default', group, attempt: 1, ...named('one', 'two') });
    const from = site.jira.history().length;
    await emit(site, parts, member('two', 2));
    expect(calls(site, from)).toEqual([READ]);
  });

  test('writes the whole property where there is none', async () => {
    const site = await openSite();
    const parts = await site.start({ rules: rulesOf([rule()]) });
    const group = await emit(site, parts, member('one', 0));
    site.jira.person.clone('SEC-1');
    site.jira.person.delete('SEC-1');
    expect(await parts.link(group, 'SEC-2', 'anna')).toMatchObject({ ok: true });
    await finish(site, parts, group);
    const body = { errorMessages: ["The property with key 'findings-to-jira' does not exist."], errors: {} };
    site.jira.faults.next.push({ on: READ, fault: 'status', status: 404, body });
    await emit(site, parts, member('two', 1));
    const written = { summary: null, description: null };
    expect(property(site)).toMatchObject({ installation: 'default', group, linked: true, attempt: 1, written, ...named('one', 'two') });
  });

  test.each<readonly [string, (group: string) => JsonObject]>([
    ['a tombstone, since an admin unlinked the issue', (group) => tombstoneOf('default', group)],
    ['another group’s', () => ({ installation: 'default', group: 'f-other', findings: [], attempt: 1 })],
    ['another installation’s', (group) => ({ installation: 'other', group, findings: [], attempt: 1 })],
  ])('leaves a property alone that is %s', async (_, standing) => {
    const { site, parts } = await closedByPerson();
    const foreign = standing((await parts.record(member('one', 0).key))?.group ?? '');
    await putProperty(site, foreign);
    const from = site.jira.history().length;
    const group = await emit(site, parts, member('two', 2));
    await emit(site, parts, member('two', 3));
    expect([calls(site, from), property(site), (await parts.group(group))?.failure]).toEqual([[READ], foreign, null]);
  });

  test('goes with the text where that is written', async () => {
    const site = await openSite();
    const parts = await site.start({ rules: rulesOf([rule()]) });
    await emit(site, parts, member('one', 0));
    const from = site.jira.history().length;
    await emit(site, parts, member('two', 1));
    expect(calls(site, from).filter((operation) => operation !== 'GET /myself')).toEqual(['GET /issue/*', 'PUT /issue/*']);
    expect(property(site)).toMatchObject(named('one', 'two'));
  });

  test.each(['before', 'after'] as const)('is done by the next process where one dies %s the call', async (when) => {
    const { site } = await closedByPerson();
    const dying = await site.start({ rules: rulesOf([rule()]), wrapTracker: killAtCall('write-membership', when) });
    const { group } = await dying.accept(member('two', 2));
    await expect(dying.reconcile(group)).rejects.toBeInstanceOf(Killed);
    await finish(site, await site.start({ rules: rulesOf([rule()]), owner: 'after the restart' }), group);
    expect(property(site)).toMatchObject(named('one', 'two'));
  });

  test('waits until the store is trusted: before, a group may hold findings that belong to another one', async () => {
    const { site, parts } = await closedByPerson();
    let isTrusted = true;
    const other = await site.start({
      rules: rulesOf([rule()]),
      wrapTrust: (trust) => ({ ...trust, isTrusted: () => Promise.resolve(isTrusted) }),
    });
    isTrusted = false;
    const { group } = await other.accept(member('two', 2));
    const from = site.jira.history().length;
    await other.reconcile(group);
    expect([calls(site, from), (await parts.group(group))?.requeueAt?.because]).toEqual([[], 'store-suspect']);
    isTrusted = true;
    await finish(site, other, group);
    expect(property(site)).toMatchObject(named('one', 'two'));
  });

  test('takes the permit of an update, the last in line', async () => {
    const { site, parts } = await closedByPerson();
    let isBusy = true;
    const busy = await site.start({
      rules: rulesOf([rule()]),
      wrapTracker: (tracker) => ({
        ...tracker,
        permit: (kind, about) =>
          isBusy && kind === 'update' ? Promise.resolve({ granted: false, because: 'busy', afterMs: 1_000 }) : tracker.permit(kind, about),
      }),
    });
    const { group } = await busy.accept(member('two', 2));
    const from = site.jira.history().length;
    await busy.reconcile(group);
    expect([calls(site, from), (await parts.group(group))?.requeueAt?.because]).toEqual([[], 'rate-limited']);
    isBusy = false;
    await finish(site, busy, group);
    expect(property(site)).toMatchObject(named('one', 'two'));
  });

  test('does not count for another issue that an admin has linked meanwhile', async () => {
    const { site, parts } = await closedByPerson();
    const group = (await parts.record(member('one', 0).key))?.group ?? '';
    site.jira.person.clone('SEC-1');
    const held = await site.start({
      rules: rulesOf([rule()]),
      wrapTracker: (tracker) => ({
        ...tracker,
        writeMembership: async (issue, says) => {
          const failure = await tracker.writeMembership(issue, says);
          expect(await parts.link(group, 'SEC-2', 'anna')).toMatchObject({ ok: true });
          site.jira.faults.next.push({ on: WRITE, fault: 'status', status: 503 });
          return failure;
        },
      }),
    });
    await held.accept(member('two', 2));
    await held.reconcile(group);
    expect((await parts.group(group))?.issue).toMatchObject({ key: 'SEC-2', marker: 'wanted' });
    expect((await parts.group(group))?.issue).not.toHaveProperty('membership');
  });

  test('is held by a pause, and done when the pause is lifted', async () => {
    const { site, parts } = await closedByPerson();
    await parts.pauses.set('all', 'anna', 'incident');
    const group = await emit(site, parts, member('two', 2));
    expect([property(site), (await parts.group(group))?.last?.because]).toMatchObject([named('one'), 'paused']);
    await parts.pauses.lift('all');
    await finish(site, parts, group);
    expect(property(site)).toMatchObject(named('one', 'two'));
  });

  test('is not done by a service that only observes', async () => {
    const { site } = await closedByPerson();
    const observer = await site.start({ rules: rulesOf([rule()]), mode: 'observe' });
    await emit(site, observer, member('two', 2));
    expect(property(site)).toMatchObject(named('one'));
  });
});

describe('a membership that Jira does not let the service write', () => {
  const REFUSED = { errorMessages: ['You do not have the permission to edit this issue.'], errors: {} };

  test.each([400, 403, 404])(
    'refused with %i: no failure, no storm of tries, and the issue is closed and reopened as usual',
    async (status) => {
      const { site, parts } = await closedByPerson();
      const from = site.jira.history().length;
      site.jira.faults.next.push({ on: WRITE, fault: 'status', status, body: REFUSED });
      const group = await emit(site, parts, member('two', 2));
      for (const minute of [3, 4]) await emit(site, parts, member('two', minute));
      expect(calls(site, from)).toEqual([READ, WRITE]);
      expect(await parts.group(group)).toMatchObject({
        failure: null,
        requeueAt: null,
        attempts: 0,
        last: { because: 'closed-by-person' },
      });
      expect((await parts.record(member('two', 0).key))?.mapping.state).toBe('closed');
      expect((await parts.record(member('two', 0).key))?.history).toContainEqual(
        expect.objectContaining({ what: 'failed', issueKey: 'SEC-1' }),
      );
      expect(parts.serviceEvents).toContainEqual(expect.objectContaining({ what: 'jira-failed', call: 'write-membership' }));
      for (const id of ['one', 'two']) await emit(site, parts, member(id, 5, 'RESOLVED'));
      await emit(site, parts, member('two', 6));
      expect(only(site)).toMatchObject({ status: 'To Do', properties: { [PROPERTY_KEY]: named('one', 'two') } });
      expect((await parts.group(group))?.issue).not.toHaveProperty('refusedMembership');
    },
  );

  test('refused: tried again by events some hours later, and at once when another finding joins', async () => {
    const { site, parts } = await closedByPerson();
    site.jira.faults.next.push({ on: WRITE, fault: 'status', status: 403, body: REFUSED });
    site.jira.faults.next.push({ on: WRITE, fault: 'status', status: 403, body: REFUSED });
    await emit(site, parts, member('two', 2));
    const from = site.jira.history().length;
    const group = await emit(site, parts, member('three', 3));
    expect(calls(site, from)).toEqual([READ, WRITE]);
    site.clock.forward(2 * 3_600_000);
    await emit(site, parts, member('three', 4));
    expect(property(site)).toMatchObject(named('one', 'two', 'three'));
    expect((await parts.group(group))?.issue).not.toHaveProperty('refusedMembership');
  });

  test('lost on the way: a failure that is over with the next try', async () => {
    const { site, parts } = await closedByPerson();
    site.jira.faults.next.push({ on: WRITE, fault: 'status', status: 503 });
    const { group } = await parts.accept(member('two', 2));
    await parts.reconcile(group);
    expect(await parts.group(group)).toMatchObject({
      failure: { code: 'jira-server-error' },
      requeueAt: { because: 'backoff' },
      attempts: 1,
    });
    await finish(site, parts, group);
    expect(await parts.group(group)).toMatchObject({ failure: null, attempts: 0 });
    expect(property(site)).toMatchObject(named('one', 'two'));
  });

  test('a page instead of an answer to its read says nothing about the property', async () => {
    const { site, parts } = await closedByPerson();
    site.jira.faults.next.push({ on: READ, fault: 'status', status: 404, body: '<html>no such page</html>' });
    const { group } = await parts.accept(member('two', 2));
    await parts.reconcile(group);
    expect((await parts.group(group))?.failure?.code).toBe('jira-bad-answer');
    await finish(site, parts, group);
    expect(property(site)).toMatchObject({ ...named('one', 'two'), written: expect.anything() });
  });

  test('where Jira has refused the text, the membership is written alone', async () => {
    const site = await openSite();
    const parts = await site.start({ rules: rulesOf([rule()]) });
    await emit(site, parts, member('one', 0));
    const { group } = await parts.accept(member('two', 1));
    const body = { errorMessages: [], errors: { description: 'A validator says no.' } };
    site.jira.faults.next.push({ on: 'PUT /issue/*', fault: 'status', status: 400, body });
    await parts.reconcile(group);
    await parts.accept(member('two', 2));
    await parts.reconcile(group);
    expect(property(site)).toMatchObject(named('one', 'two'));
    expect(JSON.stringify(only(site).description)).not.toContain('two');
    expect((await parts.record(member('two', 0).key))?.mapping).toMatchObject({
      state: 'failed',
      error: { code: 'jira-invalid-request', words: expect.stringContaining('validator') },
    });
  });
});
