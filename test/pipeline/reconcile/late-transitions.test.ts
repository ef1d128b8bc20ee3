import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import type { GroupRecord } from '../../../src/issues/group-record.ts';
import type { IssueTracker } from '../../../src/pipeline/ports/issue-tracker.ts';
import type { TransitionOutcome, TransitionTarget } from '../../../src/pipeline/ports/tracker-transition.ts';
import { claimBounds } from '../../../src/pipeline/reconcile/reconcile-context.ts';
import type { Store, Write } from '../../../src/pipeline/ports/store.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { killAtCommit, Killed } from '../../support/service/kill.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts, ServicePartsOptions } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const seen = (minute: number, status: 'ACTIVE' | 'RESOLVED' = 'ACTIVE'): Finding => findingOf(numberedEvent(1, minute, status));
const TRANSITION = 'POST /issue/*/transitions';
const transitions = (site: Site): number => site.jira.history().filter(({ operation }) => operation === TRANSITION).length;

type Move = (target: TransitionTarget) => Promise<TransitionOutcome>;

/** Wraps every transition of a tracker. */
function transitionsBy(way: (move: Move, target: TransitionTarget) => Promise<TransitionOutcome>): (tracker: IssueTracker) => IssueTracker {
  return (tracker) => ({
    ...tracker,
    close: (issue, target) => way((later) => tracker.close(issue, later), target),
    reopen: (issue, target) => way((later) => tracker.reopen(issue, later), target),
  });
}

interface Asleep {
  readonly site: Site;
  readonly group: string;
  /** A replica that is awake. */
  readonly other: ServiceParts;
  /** Lets the stopped replica continue until its pass has ended. */
  goOn(): Promise<void>;
}

/** A replica claims a transition and is stopped. */
async function fallAsleep(
  what: 'close' | 'reopen',
  way: (move: Move, target: TransitionTarget) => Promise<TransitionOutcome>,
  sleeping: (site: Site) => Partial<ServicePartsOptions> = () => ({}),
): Promise<Asleep> {
  const site = await openSite();
  const first = await site.start(); // makes the store trusted
  const { group } = await first.accept(seen(0));
  await finish(site, first, group);
  if (what === 'reopen') {
    await first.accept(seen(1, 'RESOLVED'));
    await finish(site, first, group);
  }
  const gate = Promise.withResolvers<void>();
  let isClaimed = false;
  const sleeper = await site.start({
    owner: 'stopped',
    soleOwner: false,
    wrapTracker: transitionsBy(async (move, target) => {
      isClaimed = true;
      await gate.promise;
      return way(move, target);
    }),
    ...sleeping(site),
  });
  const other = await site.start({ owner: 'awake', soleOwner: false });
  await sleeper.accept(seen(2, what === 'close' ? 'RESOLVED' : 'ACTIVE'));
  const held = sleeper.reconcile(group);
  await until(() => isClaimed, 'it has claimed');
  return { site, group, other, goOn: () => (gate.resolve(), held) };
}

/**
 * Another replica takes over when the claim has expired, makes the transition, and reverses it, because the finding has changed again.
 * `before`: the record when the stopped replica continues.
 */
async function overtake(...[what, way, sleeping]: Parameters<typeof fallAsleep>): Promise<Asleep & { readonly before: GroupRecord }> {
  const asleep = await fallAsleep(what, way, sleeping);
  const { site, other, group } = asleep;
  await finish(site, other, group);
  await other.accept(seen(3, what === 'close' ? 'ACTIVE' : 'RESOLVED'));
  return { ...asleep, before: await finish(site, other, group) };
}

/** The process was stopped after its last check of the clock, so the request is sent all the same. */
const atAnyTime = (move: Move, target: TransitionTarget): Promise<TransitionOutcome> => move({ ...target, sendBy: Infinity });
const inTime = (move: Move, target: TransitionTarget): Promise<TransitionOutcome> => move(target);

describe.each([
  ['close', 'To Do'],
  ['reopen', 'Done'],
] as const)('a replica is stopped after its claim of a %s until another one has made the transition and reversed it', (what, standing) => {
  test('it sends nothing when it continues, and leaves the record alone', async () => {
    const { site, group, other, before, goOn } = await overtake(what, inTime);
    const sent = transitions(site);
    await goOn();
    expect([transitions(site), site.jira.issues()[0]?.status]).toEqual([sent, standing]);
    expect(await other.group(group)).toEqual(before);
  });

  test('a request that it sends all the same is detected and corrected', async () => {
    const { site, group, other, goOn } = await overtake(what, atAnyTime);
    const sent = transitions(site);
    await goOn();
    const record = await finish(site, other, group);
    expect([transitions(site), site.jira.issues()[0]?.status]).toEqual([sent + 2, standing]);
    expect(record).toMatchObject({ transition: null, issue: { lastApplied: standing === 'Done' ? 'closed' : 'open' } });
  });

  test('a request that it may have sent is corrected by another replica when it dies right after', async () => {
    const isDoubt = ({ transition }: GroupRecord): boolean => transition?.uncertain === true && transition.owner === '';
    const { site, group, other, goOn } = await overtake(what, atAnyTime, ({ store }) => ({
      store: killAtCommit(
        store,
        (writes) =>
          writes.some(({ collection, becomes }) => collection === 'groups' && becomes !== null && isDoubt(JSON.parse(becomes.json))),
        'after',
      ),
    }));
    await expect(goOn()).rejects.toBeInstanceOf(Killed);
    const left = await other.group(group);
    expect(left).toMatchObject({ transition: { uncertain: true } });
    expect(left?.generation).toBeGreaterThan(left?.observedGeneration ?? 0);
    await finish(site, other, group);
    expect(site.jira.issues()[0]?.status).toBe(standing);
  });
});

test.each([100, 15_000, 600_000])('others take over well after the last request of a transition has timed out: %d ms', (timeoutMs) => {
  const { sendingMs, transitionMs } = claimBounds(timeoutMs, 60_000);
  expect([transitionMs, sendingMs - transitionMs - timeoutMs]).toEqual([30_000, 30_000]);
});

test('a claim that took too long to write sends nothing, and is made again', async () => {
  const site = await openSite();
  const isClaim = ({ becomes }: Write): boolean => becomes !== null && JSON.parse(becomes.json).transition?.uncertain === false;
  let isSlow = true;
  const commit: Store['commit'] = async (writes) => {
    const result = await site.store.commit(writes);
    if (isSlow && writes.some(isClaim)) {
      site.clock.forward(31_000);
      isSlow = false;
    }
    return result;
  };
  const parts = await site.start({ store: { ...site.store, commit } });
  const { group } = await parts.accept(seen(0));
  await finish(site, parts, group);
  await parts.accept(seen(1, 'RESOLVED'));
  await parts.reconcile(group);
  expect(transitions(site)).toBe(0);
  expect(await parts.group(group)).toMatchObject({ failure: { code: 'claim-too-old' }, transition: { uncertain: true } });
  await finish(site, parts, group);
  expect([transitions(site), site.jira.issues()[0]?.status]).toEqual([1, 'Done']);
});

/** Nothing is sent, but the outcome does not say so. */
async function untold(move: Move, target: TransitionTarget): Promise<TransitionOutcome> {
  const { calls: _, ...outcome } = await move({ ...target, sendBy: 0 });
  return outcome;
}

test('a transition of which the requests are unknown becomes uncertain, and the issue is found on the right side', async () => {
  const { site, group, other, before, goOn } = await overtake('close', untold);
  const asked = site.jira.history().length;
  await goOn();
  expect(await finish(site, other, group)).toMatchObject({
    transition: null,
    generation: before.generation + 1,
    issue: { lastApplied: 'open' },
  });
  expect(
    site.jira
      .history()
      .slice(asked)
      .filter(({ method }) => method !== 'GET'),
  ).toEqual([]);
});

test('its uncertainty keeps the start of a transition whose answer another replica has lost: a person who has undone it has the last word', async () => {
  const { site, group, other, goOn } = await fallAsleep('reopen', untold);
  site.clock.forward(66_000);
  site.jira.faults.next.push({ on: TRANSITION, fault: 'lost-after-commit' });
  await other.reconcile(group);
  expect([site.jira.issues()[0]?.status, (await other.group(group))?.transition]).toMatchObject([
    'To Do',
    { owner: 'awake', uncertain: true },
  ]);
  site.clock.forward(1_000);
  site.jira.person.transition('SEC-1', 'Done', "Won't Do");
  await goOn();
  await finish(site, other, group);
  expect([site.jira.issues()[0]?.status, site.jira.issues()[0]?.resolution]).toEqual(['Done', "Won't Do"]);
});
