import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../../src/pipeline/ports/store.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { numberedEvent, range } from '../../support/findings/findings-by-number.ts';
import { OUTAGES, startJiraFront, type JiraFront, type Outage } from '../../support/servers/jira-front.ts';
import { onBothStores } from '../../support/service/on-both-stores.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';

/** Findings that have their issue when Jira goes away. */
const BEFORE = 10;
/** Findings that arrive in the first minute of the outage. */
const AT_ONCE = 20;
const DAY_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;
/** Calls of a replica that are in flight when Jira goes away, and those that it takes to notice. */
const MAX_AT_FIRST = 16;
/** Questions of a replica whether Jira is back. */
const MAX_A_MINUTE = 6;
/** How long a call waits for an answer: short where none comes, and otherwise so long that a busy machine is no outage. */
const [SHORT_MS, LONG_MS] = [600, 10_000];
/** Each replica of this test has a queue of its own, and releases so many groups into it: by so many its creates may be ahead of the other's. */
const AHEAD = 64;
/** Until all that waited has been sent, by a clock that goes a second with every tick. */
const WORKED_OFF_MS = 60_000;

/** Replicas on one store, in front of a Jira that can be taken away. */
interface Bench {
  readonly site: Site;
  readonly store: Store;
  readonly front: JiraFront;
  readonly replicas: readonly ServiceParts[];
  /** When calls to Jira ended, by the test's clock. */
  readonly calls: number[];
  /** The group of each finding. */
  readonly groups: ReadonlyMap<number, string>;
  accept(n: number, minute: number, status: 'ACTIVE' | 'RESOLVED'): Promise<void>;
  /** From now on all passes go one after the other, so that the order of creates is that in which groups were released. */
  goInTurn(): void;
  /** Lets time pass, makes a tick in each replica, and waits until all that is due is done. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until nothing is due or waits. */
  rest(): Promise<void>;
}

async function openBench(storeOf: (site: Site) => Promise<Store>, count: number, timeoutMs = LONG_MS): Promise<Bench> {
  const site = await openSite();
  const { clock } = site;
  const front = await startJiraFront(site.jira.url);
  onTestFinished(front.close);
  const store = await storeOf(site);
  const jira = { ...site.jira, url: front.url };
  const calls: number[] = [];
  const onCall = (): void => void calls.push(clock.now());
  let running = 0;
  let turn: Promise<void> | null = null;
  const replicas: ServiceParts[] = [];
  for (const n of range(count)) {
    const parts = await site.start({ store, jira, timeoutMs, owner: `replica-${n}`, soleOwner: count === 1, onCall });
    parts.queue.work(async (group) => {
      running += 1;
      const pass = (): Promise<void> => parts.reconcile(group);
      const passed = turn === null ? pass() : turn.then(pass);
      if (turn !== null) turn = passed.catch(() => undefined);
      await passed.finally(() => (running -= 1));
    });
    replicas.push(parts);
  }
  const isBusy = async (): Promise<boolean> => {
    for (const { queue } of replicas) if ((await queue.depth()) > 0) return true;
    return running > 0;
  };
  const pass = async (ms: number): Promise<void> => {
    clock.forward(ms);
    for (const { trust, accessWatch, queue } of replicas) {
      await trust.advance();
      await accessWatch.advance();
      for (const group of await store.due(GROUPS, await store.now(), 100)) await queue.ask(group, 'sweep');
    }
    while (await isBusy()) await sleep(2);
  };
  const [first] = replicas;
  if (first === undefined) throw new Error('no replica');
  const groups = new Map<number, string>();
  let accepted = 0;
  return {
    site,
    store,
    front,
    replicas,
    calls,
    groups,
    async accept(n, minute, status) {
      const parts = replicas[(accepted += 1) % count] ?? first;
      groups.set(n, (await parts.accept(findingOf(numberedEvent(n, minute, status)))).group);
    },
    goInTurn: () => void (turn ??= Promise.resolve()),
    pass,
    async rest() {
      for (let rounds = 0; rounds < 400; rounds += 1) {
        if ((await store.due(GROUPS, (await store.now()) + DAY_MS, 1)).length === 0) return;
        await pass(rounds < 60 ? 1_000 : MINUTE_MS);
      }
      throw new Error('it never came to rest');
    },
  };
}

/** The most calls in any minute from a time on. */
function mostInAMinute(calls: readonly number[], from: number): number {
  const late = calls.filter((at) => at >= from);
  return Math.max(0, ...late.map((start) => late.filter((at) => at >= start && at < start + MINUTE_MS).length));
}

/** Creates that were carried out, in that order. */
function createsIn({ jira }: Site): readonly { readonly n: number; readonly at: number }[] {
  return jira
    .history()
    .filter(({ operation, done }) => operation === 'POST /issue' && done)
    .map(({ asked, at }) => ({ n: Number(/bucket-(\d+)/.exec(JSON.stringify(asked))?.[1]), at: Date.parse(at) }));
}

/** Findings, by number, and whether each is ACTIVE in the end. */
type Findings = ReadonlyMap<number, boolean>;

/**
 * A day without Jira, on which findings arrive, end and come back. Every other one that had an issue before ends, and every seventh that arrives; of
 * these, every other one comes back.
 */
async function playADay({ site, front, calls, replicas, accept, pass, rest }: Bench, outage: Outage, arriving: number): Promise<Findings> {
  const findings = new Map<number, boolean>();
  const observe = async (n: number, minute: number, status: 'ACTIVE' | 'RESOLVED'): Promise<void> => {
    await accept(n, minute, status);
    findings.set(n, status === 'ACTIVE');
  };
  for (const n of range(BEFORE)) await observe(n, 1, 'ACTIVE');
  await rest();
  const [began, made] = [site.clock.now(), calls.length];
  await front.turn(outage);
  for (const n of range(BEFORE)) if (n % 2 === 0) await observe(n, 2, 'RESOLVED');
  for (const [at, n] of range(arriving).map((at) => [at, BEFORE + at] as const)) {
    await observe(n, 1, 'ACTIVE');
    await pass(at < AT_ONCE ? MINUTE_MS / AT_ONCE : Math.ceil((DAY_MS - MINUTE_MS) / (arriving - AT_ONCE)));
    if (at % 7 === 3) await observe(n - 1, 2, 'RESOLVED');
    if (at % 14 === 6) await observe(n - 4, 3, 'ACTIVE');
    // As often as questions are due; later on, longer steps stand for the same.
    if (at === AT_ONCE) for (const _ of range(20)) await pass(5_000);
  }
  await pass(1_000);
  expect(site.clock.now() - began).toBeGreaterThan(DAY_MS);
  expect(site.created()).toBe(BEFORE);
  expect(reports(replicas, 'jira-away')).toBe(replicas.length);
  const during = calls.slice(made);
  expect(during.filter((at) => at < began + MINUTE_MS).length).toBeLessThanOrEqual(MAX_AT_FIRST * replicas.length);
  expect(mostInAMinute(during, began + MINUTE_MS)).toBeLessThanOrEqual(MAX_A_MINUTE * replicas.length);
  return findings;
}

function reports(replicas: readonly ServiceParts[], what: 'jira-away' | 'jira-answers'): number {
  return replicas.flatMap(({ serviceEvents }) => serviceEvents).filter((event) => event.what === what).length;
}

/** Groups of which Jira may have got a create: they are looked up first, for as long as an uncertain create is. */
async function inDoubt({ parts, groups }: { parts: ServiceParts; groups: ReadonlyMap<number, string> }): Promise<ReadonlySet<number>> {
  const doubtful = new Set<number>();
  for (const [n, group] of groups) if ((await parts.group(group))?.intent?.phase === 'uncertain') doubtful.add(n);
  return doubtful;
}

async function checkADay(bench: Bench, outage: Outage, arriving: number): Promise<void> {
  const { site, front, replicas, groups, goInTurn, rest } = bench;
  const findings = await playADay(bench, outage, arriving);
  const [parts] = replicas;
  if (parts === undefined) throw new Error('no replica');
  const doubtful = await inDoubt({ parts, groups });
  expect(doubtful.size).toBeLessThanOrEqual(MAX_AT_FIRST * replicas.length);
  await front.turn(null);
  goInTurn();
  const back = site.clock.now();
  await rest();

  const created = createsIn(site).slice(BEFORE);
  const wanted = [...findings].flatMap(([n, isActive]) => (n >= BEFORE && isActive ? [n] : []));
  expect(created.map(({ n }) => n).toSorted((a, b) => a - b)).toEqual(wanted);
  expect(site.jira.history().filter(({ operation }) => operation === 'POST /issue')).toHaveLength(BEFORE + wanted.length);
  const waited = created.filter(({ n }) => !doubtful.has(n));
  const overtaken = waited.map(({ n }, at) => Math.abs(at - wanted.filter((other) => other < n && !doubtful.has(other)).length));
  expect(Math.max(...overtaken)).toBeLessThanOrEqual(AHEAD * (replicas.length - 1));
  expect(Math.max(...waited.map(({ at }) => at))).toBeLessThan(back + WORKED_OFF_MS);
  for (const [n, isActive] of findings) {
    const record = await parts.group(groups.get(n) ?? '');
    expect(record, `finding ${n}`).toMatchObject({ failure: null, requeueAt: null });
    expect(record?.issue?.lastApplied, `finding ${n}`).toBe(isActive ? 'open' : n < BEFORE ? 'closed' : undefined);
  }
  expect(reports(replicas, 'jira-answers')).toBeGreaterThanOrEqual(replicas.length);
}

test.each(OUTAGES)('Jira is away for a day (%s): it is hardly asked, and then all is worked off, the oldest first', async (outage) => {
  const timeoutMs = outage === 'hangs' ? SHORT_MS : LONG_MS;
  await checkADay(await openBench(async ({ store }) => store, 1, timeoutMs), outage, 30);
});

onBothStores('Jira is away for a day', (storeOf) => {
  test('two replicas hardly ask it, and then work all off, the oldest first, and nothing twice', async () => {
    await checkADay(await openBench(storeOf, 2), 'unavailable', 100);
  });
});
