import { expect, onTestFinished, test } from 'vitest';
import { createAwsAccess } from '../../../src/intake/aws-access.ts';
import { startOwner } from '../../../src/parts/owner/owner-part.ts';
import { OWNED_RESOURCES, resourceId } from '../../../src/parts/owner/owner-records.ts';
import { createAdaptiveRateLimiter } from '../../../src/pipeline/details/adaptive-rate-limiter.ts';
import { createFollowDue } from '../../../src/pipeline/enrichment/follow-due.ts';
import type { FindingState, RunningPart } from '../../../src/pipeline/ports/part.ts';
import type { EnrichedMember } from '../../../src/pipeline/ports/enricher.ts';
import { put, type Store, type Write } from '../../../src/pipeline/ports/store.ts';
import { NO_ACCOUNTS } from '../../../src/rules/known-accounts.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { issueRoute } from '../../support/findings/issue-route.ts';
import { DIRECT } from '../../support/servers/direct-network.ts';
import { openOwnerSources, OWNER_ROLE, type OwnerSources } from './start-owner.ts';
import { simulatedAccount } from '../../support/servers/organizations.ts';
import { tagged } from '../../support/servers/tags.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { TestClock } from '../../support/service/service-parts.ts';
import { openSite } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const DAY_MS = 86_400_000;
const OPEN: FindingState = { isOpen: true, resourceType: 'AWS::SQS::Queue', hasOwner: false };

/** The part alone, on a store; what its findings learn is counted. */
async function startAlone(sources: Parameters<typeof openOwnerSources>[0]): Promise<{
  readonly aws: OwnerSources;
  readonly store: Store;
  readonly clock: TestClock;
  readonly part: RunningPart;
  readonly told: string[];
  /** The findings that are open; all by default. */
  readonly closed: Set<string>;
  tags: string[];
}> {
  const [aws, site] = [await openOwnerSources(sources), await openSite()];
  const { store, clock } = site;
  await site.start();
  const [told, closed, state]: [string[], Set<string>, { tags: string[] }] = [[], new Set(), { tags: ['team'] }];
  const part = startOwner(
    {
      store,
      clock,
      emit: () => undefined,
      settings: { OWNER_ROLE_NAME: OWNER_ROLE },
      aws: createAwsAccess({ agents: DIRECT.agents, log: { warn: () => undefined }, now: clock.now }),
      limiter: (of) => createAdaptiveRateLimiter({ store, perSecond: 1_000, of }),
      followDue: createFollowDue({ store, emit: () => undefined }),
      rules: () => Promise.resolve({ ruleSet: rulesOf([], { owner: { tags: state.tags } }).ruleSet, accounts: NO_ACCOUNTS }),
      stateOf: (keys) => Promise.resolve(keys.map((key) => ({ ...OPEN, isOpen: !closed.has(key) }))),
      learn: async (key, because, alongside: readonly Write[]) => {
        const result = await store.commit(alongside);
        if (result.ok) told.push(`${because} ${key}`);
        return result.ok;
      },
    },
    10_000,
  );
  onTestFinished(() => part.enricher.stop());
  return { aws, store, clock, part, told, closed, ...state };
}

function member(n: number, arn: string, accountId: string): EnrichedMember {
  const finding = findingOf(externalEvent({ detail: { id: `f-${n}`, resource: arn, accountId, resourceType: 'AWS::SQS::Queue' } }));
  return { finding, decision: { action: 'issue', because: 'rule-matched', ruleId: 'all', route: issueRoute() } };
}

const timesAsked = ({ tags }: OwnerSources): ReadonlyMap<string, number> => {
  const arns = tags.history().flatMap(({ operation, about }) => (operation === 'GetResources' ? about : []));
  return new Map([...Map.groupBy(arns, (arn) => arn)].map(([arn, times]) => [arn, times.length]));
};

test('a thousand findings in fifty accounts cost one look-up for each resource and day, in as few calls as can be', async () => {
  const accounts = Array.from({ length: 50 }, (_, at) => String(200_000_000_000 + at));
  const resources = accounts.flatMap((id) =>
    Array.from({ length: 20 }, (_, at) => tagged(`arn:aws:sqs:us-west-2:${id}:queue-${at}`, { team: `team-${at}` })),
  );
  const { aws, store, clock, part, told } = await startAlone({ resources, accounts: accounts.map((id) => simulatedAccount(id, id)) });
  const members = resources.map(({ arn, accountId }, n) => member(n, arn, accountId));
  for (let at = 0; at < members.length; at += 20)
    expect(await part.enricher.want(members.slice(at, at + 20), await store.now())).toBe(true);
  for (let at = 0; at < members.length; at += 20)
    expect(await part.enricher.want(members.slice(at, at + 20), await store.now())).toBe(false);
  part.enricher.start();
  await until(() => told.length === 1_000, 'every finding is told of its owner', 60_000);
  expect(new Set(timesAsked(aws).values())).toEqual(new Set([1]));
  expect([aws.tags.history().filter(({ operation }) => operation === 'GetResources').length, aws.sts.history().length]).toEqual([50, 50]);
  expect(aws.organizations.history().map(({ about }) => about)).toHaveLength(50);
  const known = await part.enricher.known(members.map(({ finding }) => finding));
  expect([...known.values()].map(({ facts }) => facts.owner?.resourceTags['team'])).toEqual(resources.map(({ tags }) => tags['team']));
  clock.forward(DAY_MS + 1_000);
  await until(() => [...timesAsked(aws).values()].every((times) => times === 2), 'the next day is asked once more', 60_000);
  expect([timesAsked(aws).size, aws.organizations.history().length, told.length]).toEqual([1_000, 100, 1_000]);
});

test('one name that the Tagging API does not take spoils no other, and a resource whose findings have ended is forgotten', async () => {
  const id = '444455556666';
  const arns = [0, 1, 2, 3, 4].map((n) => `arn:aws:sqs:us-west-2:${id}:queue-${n}`);
  const odd = 'arn:aws:sqs:eu-west-1:444455556666:elsewhere';
  const alone = await startAlone({ resources: arns.map((arn) => tagged(arn, { team: 'x' })) });
  const members = [...arns, odd].map((arn, n) => member(n, arn, id));
  await alone.part.enricher.want(members, await alone.store.now());
  const [stored] = await alone.store.read(OWNED_RESOURCES, [resourceId(id, odd)]);
  expect(stored?.doc.region).toBe('eu-west-1');
  alone.part.enricher.start();
  await until(() => alone.told.length === 6, 'all are told');
  expect(alone.told.filter((told) => told.startsWith('owner-in-resource-tag'))).toHaveLength(5);
  alone.closed.add(members[0]?.finding.key ?? '');
  alone.clock.forward(DAY_MS + 1_000);
  await until(async () => (await alone.store.counts(OWNED_RESOURCES, ['']))[0] === 5, 'one is forgotten');
});

test('a process that dies before all findings are told leaves them to the next look-up, which does not ask AWS again', async () => {
  const id = '444455556666';
  const arn = `arn:aws:sqs:us-west-2:${id}:queue`;
  const alone = await startAlone({ resources: [tagged(arn, { team: 'x' })] });
  const members = [member(1, arn, id), member(2, arn, id)];
  const untold = members[1]?.finding.key;
  await alone.part.enricher.want(members, await alone.store.now());
  const [stored] = await alone.store.read(OWNED_RESOURCES, [resourceId(id, arn)]);
  if (!stored || untold === undefined) throw new Error('Nothing is wanted');
  const now = await alone.store.now();
  const answer = { tags: { team: 'x' }, asked: ['team'], answeredAt: now, told: 'digest', untold: [untold], dueAt: now + 120_000 };
  await alone.store.commit([put(OWNED_RESOURCES, stored.id, stored.version, { ...stored.doc, ...answer })]);
  alone.part.enricher.start();
  alone.clock.forward(121_000);
  await until(() => alone.told.includes(`owner-in-resource-tag ${untold}`), 'the other finding is told');
  expect(timesAsked(alone.aws).size).toBe(0);
});
