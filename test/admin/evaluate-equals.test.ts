import { expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/findings/json.ts';
import type { GroupRecord } from '../../src/issues/group-record.ts';
import { seededRandom } from '../../src/sandbox/seeded-random.ts';
import { startAdmin } from '../support/admin-server.ts';
import { ask } from '../support/ask-admin.ts';
import { externalEvent, internalEvent, unusedEvent } from '../support/finding-events.ts';
import { range } from '../support/findings-by-number.ts';
import { changeRules } from '../support/save-rules.ts';
import { findingOf, rulesOf } from '../support/service-parts.ts';
import { openSite, type Site } from '../support/site.ts';

/** Rounds with rules of their own, and events in each: 5,000 in all. */
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

/** One leaf of a pattern or more, some with operators, some of absence. */
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

/** An event of one of not very many findings, at some point of its life; they come late, doubled and in any order. */
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

/** The creates that the simulated Jira was asked for since it was last looked. */
function createWatch({ jira }: Site): () => readonly unknown[] {
  let from = 0;
  return () => {
    const history = jira.history();
    const fresh = history.slice(from);
    from = history.length;
    return fresh.flatMap(({ operation, asked }) => (operation === 'POST /issue' ? [asked] : []));
  };
}

/** What is looked at of the answer. */
interface Told {
  readonly group: { readonly id: string };
  readonly decision: { readonly because: string };
  readonly outcome: {
    readonly step: string;
    readonly because: string;
    readonly issueKey: string | null;
    readonly request: { readonly body: unknown } | null;
  };
}

/** Where a step leaves the issue; any other leaves it where it was. */
const STANDS: Readonly<Record<string, string>> = { create: 'open', close: 'closed', reopen: 'open' };

/** What must have become of the group, if what was told is true. */
function expected({ group, decision, outcome }: Told, before: GroupRecord | null): object {
  const { step, because, issueKey, request } = outcome;
  const creates = request === null ? [] : [request.body];
  const stand = STANDS[step] ?? before?.issue?.stand ?? null;
  return { group: group.id, decision, creates, stand, issueKey, last: step === 'nothing' ? because : step };
}

/** The same of the group as it is. A create gives a key that nobody could tell before; only what finds nothing to do leaves its reason. */
function standing(after: GroupRecord | null, { outcome: { step } }: Told): object {
  const { issue = null, last = null } = after ?? {};
  return {
    stand: issue?.stand ?? null,
    issueKey: step === 'create' ? null : (issue?.key ?? null),
    last: step === 'nothing' ? last?.because : step,
  };
}

test('evaluating says what the service then does: 5,000 generated events under random rules', async () => {
  const by = chance(20_260_301);
  const site = await openSite();
  const preflight = { check: async () => [] };
  const parts = await site.start({ rules: rulesOf(randomRules(by)), preflight });
  const { rules, operations, saveRules, evaluate } = parts;
  const admin = await startAdmin([], { store: site.store, rules, operations, saveRules, evaluate });
  onTestFinished(() => admin.close());
  const creates = createWatch(site);
  const seen = new Map<string, number>();
  const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);

  async function tryOne(round: number, n: number): Promise<void> {
    const event = randomEvent(by, round);
    const { key } = findingOf(event);
    // Waits of the looks before are over.
    site.clock.forward(60_000);
    const told: Told = (await ask(admin, '/api/v1/rules/evaluate', { method: 'POST', role: 'viewer', body: { event } })).json();
    const before = await parts.group(told.group.id);
    const { group } = await parts.accept(findingOf(event));
    await parts.settle(group);
    const [record, after] = [await parts.record(key), await parts.group(group)];
    const done = { group, decision: record?.decision, creates: creates(), ...standing(after, told) };
    expect([`round ${round}, event ${n}`, done]).toEqual([`round ${round}, event ${n}`, expected(told, before)]);
    count(told.outcome.step);
    count(told.decision.because);
  }

  for (const round of range(ROUNDS)) {
    if (round > 0) await changeRules(parts, randomRules(by));
    for (const n of range(EVENTS)) await tryOne(round, n);
  }
  // Enough of everything was met for the answer to mean something.
  for (const what of ['create', 'close', 'reopen', 'nothing', 'rule-matched', 'rule-ignores', 'no-rule-matches']) {
    expect({ what, times: seen.get(what) ?? 0 }).toSatisfy(({ times }: { times: number }) => times > 20);
  }
}, 600_000);
