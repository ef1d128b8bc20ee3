import type { GroupRecord } from '../../../src/issues/group-record.ts';
import { expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../../src/findings/json.ts';
import { seededRandom } from '../../../src/sandbox/samples/seeded-random.ts';
import { startAdmin } from '../../support/admin/admin-server.ts';
import { ask } from '../../support/admin/ask-admin.ts';
import { externalEvent, internalEvent, unusedEvent } from '../../support/findings/finding-events.ts';
import { range } from '../../support/findings/findings-by-number.ts';
import { changeRules } from '../../support/service/save-rules.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import { openSite, type Site } from '../../support/service/site.ts';

/** Rounds with their own rules, and events in each: 5,000 in all. */
const ROUNDS = 10;
const EVENTS = 500;

const PROJECTS = ['SEC', 'PLAT', 'DATA'];
const ACCOUNTS = ['111122223333', '222233334444', '333344445555', '444455556666'];
const BUCKETS = 60;
const TYPES = ['AWS::S3::Bucket', 'AWS::IAM::Role', 'AWS::KMS::Key'];

interface Chance {
  /** 0 to below `most`. */
  below(most: number): number;
  of<T>(list: readonly T[]): T;
}

function chance(seed: number): Chance {
  const random = seededRandom(seed);
  const below = (most: number): number => Math.floor(random() * most);
  return {
    below,
    of(list) {
      const one = list[below(list.length)];
      if (one === undefined) throw new Error('There is nothing to choose from');
      return one;
    },
  };
}

/** One or more leaves of a pattern, some with operators, some for absence. */
function randomMatch({ below, of }: Chance): object {
  const leaves: readonly object[] = [
    { accountId: [of(ACCOUNTS), of(ACCOUNTS)] },
    { isPublic: [true] },
    { isPublic: [false, { exists: false }] },
    { resourceType: [of(TYPES)] },
    { resource: [{ prefix: `arn:aws:s3:::bucket-${below(10)}` }] },
    { status: [{ 'anything-but': 'RESOLVED' }] },
    { error: [{ exists: true }] },
    { $or: [{ accountId: [of(ACCOUNTS)] }, { isPublic: [true] }] },
  ];
  const envelope = [{}, {}, { 'detail-type': ['Unused Access Finding for IAM entities'] }, { region: ['us-west-2'] }];
  return { ...of(envelope), detail: { ...of(leaves), ...of(leaves) } };
}

function randomRules(by: Chance): readonly object[] {
  const rules = range(2 + by.below(5)).map((n) => {
    const id = `rule-${n}`;
    if (by.below(4) === 0) return { id, match: randomMatch(by), action: 'ignore' };
    return {
      id,
      match: randomMatch(by),
      action: 'issue',
      groupBy: by.of(['finding', 'access', 'resource']),
      ...(by.below(3) === 0 ? { whenUnrouted: 'close' } : {}),
      issue: {
        project: by.of(PROJECTS),
        issueType: by.of(['Task', 'Bug']),
        labels: by.of([[], ['security'], ['a', 'b']]),
        ...(by.below(2) === 0 ? { priority: by.of(['High', 'Low']) } : {}),
        ...(by.below(2) === 0 ? { dueInDays: { critical: 1, high: 3, low: 30 } } : {}),
        ...(by.below(3) === 0 ? { content: 'minimal' } : {}),
        ...(by.below(3) === 0 ? { summary: '{{detail.resource}} in {{accountId}}' } : {}),
      },
    };
  });
  const rest = { id: 'rest', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } };
  return by.below(4) === 0 ? rules : [...rules, rest];
}

/** An event of one of 400 findings, at some point of its life; events come late, twice and in any order. */
function randomEvent(by: Chance, round: number): JsonObject {
  const n = by.below(400);
  const minute = round * 40 + by.below(38);
  const updatedAt = new Date(Date.UTC(2026, 2, 1, 10, minute)).toISOString();
  const detail = {
    resource: `arn:aws:s3:::bucket-${n % BUCKETS}`,
    resourceType: TYPES[n % TYPES.length],
    accountId: ACCOUNTS[n % ACCOUNTS.length],
    status: by.of(['ACTIVE', 'ACTIVE', 'ACTIVE', 'RESOLVED', 'ARCHIVED']),
    updatedAt,
  };
  const time = updatedAt;
  if (n % 7 === 0)
    return unusedEvent({
      time,
      detail: {
        ...detail,
        findingId: `unused-${n}`,
        resource: `arn:aws:iam::${detail.accountId}:role/r-${n}`,
        resourceType: 'AWS::IAM::Role',
      },
    });
  if (n % 11 === 0) return internalEvent({ time, detail: { ...detail, id: `internal-${n}` } });
  return externalEvent({
    time,
    detail: {
      ...detail,
      id: `external-${n}`,
      isPublic: n % 3 === 0,
      principal: n % 3 === 0 ? { AWS: '*' } : { AWS: `arn:aws:iam::${ACCOUNTS[(n + 1) % ACCOUNTS.length]}:root` },
      action: n % 2 === 0 ? ['s3:GetObject'] : ['s3:PutObject', 's3:GetObject'],
      ...(n % 13 === 0 ? { error: 'ACCESS_DENIED' } : {}),
    },
  });
}

/** The creates that the simulated Jira was asked for since the last call. */
function createWatch({ jira }: Site): () => readonly unknown[] {
  let from = 0;
  return () => {
    const fresh = jira.history(from);
    from += fresh.length;
    return fresh.flatMap(({ operation, asked }) => (operation === 'POST /issue' ? [asked] : []));
  };
}

/** The side of an issue after each step that changes it. */
const STANDS: Readonly<Record<string, string>> = { create: 'open', reopen: 'open', close: 'closed' };

/** The result of a step: the side of the issue, its key (that of a new issue can't be predicted), and why nothing was done. */
function cameTo(record: GroupRecord | null, step: string): readonly unknown[] {
  return [
    step in STANDS ? record?.issue?.lastApplied : null,
    step === 'create' ? null : (record?.issue?.key ?? null),
    step === 'nothing' ? record?.last?.because : null,
  ];
}

function toldOf(step: string, issueKey: string | null, because: string): readonly unknown[] {
  return [STANDS[step] ?? null, step === 'create' ? null : issueKey, step === 'nothing' ? because : null];
}

test('an evaluation predicts what the service then does: 5,000 generated events under random rules', async () => {
  const by = chance(20_260_301);
  const site = await openSite();
  const preflight = { check: async () => [], ends: async () => [] };
  const parts = await site.start({ rules: rulesOf(randomRules(by)), preflight });
  const { rules, operations, saveRules, evaluate } = parts;
  const admin = await startAdmin([], { store: site.store, rules, operations, saveRules, evaluate });
  onTestFinished(() => admin.close());
  const creates = createWatch(site);
  const seen = new Map<string, number>();
  const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);

  for (const round of range(ROUNDS)) {
    if (round > 0) await changeRules(parts, randomRules(by));
    for (const n of range(EVENTS)) {
      const event = randomEvent(by, round);
      // Clocks stand still during one pass, and waits of the previous pass are over.
      site.clock.forward(60_000);
      const told = (await ask(admin, '/api/v1/rules/evaluate', { method: 'POST', role: 'viewer', body: { event } })).json();
      const { group } = await parts.accept(findingOf(event));
      await parts.reconcile(group);

      const what = `round ${round}, event ${n}`;
      const record = await parts.record(findingOf(event).key);
      expect([what, { group: told.group.id, decision: told.decision }]).toEqual([what, { group, decision: record?.decision }]);
      const { step, request, issueKey } = told.outcome;
      expect([what, creates()]).toEqual([what, request === null ? [] : [request.body]]);
      expect([what, ...cameTo(await parts.group(group), step)]).toEqual([what, ...toldOf(step, issueKey, told.outcome.because)]);
      count(step);
      count(told.decision.because);
    }
  }
  // Every kind came up often enough for the comparison to mean something.
  for (const what of ['create', 'close', 'reopen', 'nothing', 'rule-matched', 'rule-ignores', 'no-rule-matches']) {
    expect([what, seen.get(what) ?? 0]).toEqual([what, expect.any(Number)]);
    expect(seen.get(what) ?? 0).toBeGreaterThan(20);
  }
}, 600_000);
