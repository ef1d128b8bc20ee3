import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startJiraSimulator, type JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { createAbsence } from '../chaos/absence.ts';
import { checkRun, mayStillCome, type Evidence } from '../chaos/checker.ts';
import { evidenceOf } from '../chaos/outage.ts';
import { SERVICE_MAIN, startReplica, type Replica } from '../chaos/replica.ts';
import { numberedEvent, range } from '../support/findings/findings-by-number.ts';
import { OUTAGES, startJiraFront } from '../support/servers/jira-front.ts';
import { redisServerPath, startRedis } from '../support/servers/redis-server.ts';
import { until } from '../support/until.ts';
import type { Scenario, SoakResult } from './scenario.ts';
import { sandboxEnv } from '../support/service/sandbox-env.ts';
import { OPEN_EVERYTHING } from '../support/service/open-everything.ts';

const REPLICAS = 2;
/** Findings that have their issue when Jira goes away; half of them end meanwhile. */
const BEFORE = range(20);
const ENDED = BEFORE.slice(0, 10);
/** New findings go on while Jira is away, and for a while after that. */
const EVERY_MS = 1_000;
const AFTER_MS = 20_000;
const CALLS_A_SECOND = 10;
/** Short, so that calls without an answer end within the part of the fault that gives none. */
const TIMEOUT_MS = 5_000;
/** Calls of a replica in flight when Jira goes away and until it notices, and its questions in any minute after that. */
const [MAX_AT_FIRST, MAX_A_MINUTE] = [16, 8];
/** Findings that arrive before a replica has noticed: their creates may be uncertain, and are looked up first. */
const AT_FIRST_MS = 20_000;
/** Groups that the replicas reconcile at the same time, and that are released ahead: so much may a create overtake others. */
const AT_A_TIME = 16 * REPLICAS + CALLS_A_SECOND;
const [MINUTE_MS, START_MS, DONE_MS] = [60_000, 120_000, 40 * 60_000];

/**
 * Jira is away under load, in five ways one after the other: the real service with its normal waits, two replicas on Redis. Violations are more calls
 * than the question whether Jira is back, more calls after its return than the rate allows, another order than that of arrival, and issues that
 * are missing, too many, or on the wrong side. `seconds`: how long Jira is away.
 */
export const JIRA_DOWN: Scenario = {
  name: 'jira-down',
  missing: redisServerPath() === null ? 'Redis' : null,
  usualSeconds: 600,
  play: playJiraDown,
};

async function playJiraDown(seconds: number): Promise<SoakResult> {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-soak-'));
  const rulesFile = join(folder, 'rules.yaml');
  writeFileSync(rulesFile, OPEN_EVERYTHING);
  const [sqs, jira, redis] = await Promise.all([
    startSqsEmulator({ withDeadLetterQueue: false }),
    startJiraSimulator({ projects: [{ key: 'SEC' }] }),
    startRedis({ appendonly: true }),
  ]);
  const front = await startJiraFront(jira.url);
  const env = {
    ...sandboxEnv({ sqs, aws: null, jira: { url: front.url, credentials: jira.credentials } }),
    AWS_REGION: 'eu-central-1',
    JIRA_REQUESTS_PER_SECOND: String(CALLS_A_SECOND),
    JIRA_TIMEOUT_MS: String(TIMEOUT_MS),
    JIRA_UNCERTAIN_WINDOW_MS: '60000',
    RULES_FILE: rulesFile,
    REDIS_URL: redis.url,
  };
  const replicas = range(REPLICAS).map((n) => startReplica({ name: `replica ${n}`, env, entry: SERVICE_MAIN, absence: createAbsence() }));
  const sent: { readonly n: number; readonly at: number }[] = [];
  const send = async (): Promise<void> => {
    const n = sent.length;
    sent.push({ n, at: Date.now() });
    await sqs.send(JSON.stringify(numberedEvent(n, 10)));
  };
  const sendFor = async (ms: number): Promise<void> => {
    for (const end = performance.now() + ms; performance.now() < end; await sleep(EVERY_MS)) await send();
  };
  try {
    const areTrusted = async (): Promise<boolean> => (await Promise.all(replicas.map(isTrusted))).every(Boolean);
    await until(areTrusted, 'the service has started', START_MS);
    for (const _ of BEFORE) await send();
    await until(() => jira.issues().length === BEFORE.length, 'the first findings have their issues', START_MS);

    const [awayAt, made] = [Date.now(), await callsOf(replicas)];
    await front.turn(OUTAGES[0]);
    for (const n of ENDED) await sqs.send(JSON.stringify(numberedEvent(n, 20, 'RESOLVED')));
    for (const outage of OUTAGES) {
      await front.turn(outage);
      await sendFor((seconds * 1_000) / OUTAGES.length);
    }
    const during = (await callsOf(replicas)) - made;
    const allowed = REPLICAS * (MAX_AT_FIRST + Math.ceil(seconds / 60) * MAX_A_MINUTE);
    await front.turn(null);
    const backAt = Date.now();
    await sendFor(AFTER_MS);

    const numbers = sent.map(({ n }) => n);
    const evidence = (): Promise<Evidence> => evidenceOf(numbers, ENDED, { jira, sqs, replicas });
    await until(async () => !checkRun(await evidence()).some(mayStillCome), 'everything is done', DONE_MS).catch(() => {});
    const doneMs = Date.now() - backAt;
    await Promise.all(replicas.map((replica) => replica.stop()));
    const creates = createsIn(jira);
    const waited = sent.filter(({ at }) => at > awayAt + AT_FIRST_MS && at < backAt).map(({ n }) => n);
    const order = creates.filter(({ n }) => waited.includes(n));
    const overtaken = order.map(({ n }, at) => Math.abs(at - waited.indexOf(n)));
    const [most, firstMinute] = [mostIn(jira, 1_000), callsBetween(jira, backAt, backAt + MINUTE_MS)];
    const broken = checkRun(await evidence()).map(({ rule, what }) => `${rule}: ${what}`);
    return {
      figures: {
        'findings, issues': `${sent.length}, ${jira.issues().length}`,
        'waited, closes among them': `${waited.length}, ${ENDED.length}`,
        'calls while Jira was away': `${during} of ${allowed}`,
        'first create after its return': inSeconds((creates.find(({ at }) => at > backAt)?.at ?? 0) - backAt),
        'what waited was sent after': inSeconds(Math.max(...order.map(({ at }) => at)) - backAt),
        'everything done after': inSeconds(doneMs),
        'furthest out of order': `${Math.max(...overtaken)} places`,
        'calls in the first minute': `${firstMinute} of ${60 * CALLS_A_SECOND}`,
        'most calls in a second': String(most),
      },
      violations: [
        ...broken,
        ...(during <= allowed ? [] : [`${during} calls while Jira was away, at most ${allowed} expected`]),
        ...(firstMinute <= 60 * CALLS_A_SECOND ? [] : [`${firstMinute} calls in the first minute after its return`]),
        ...(Math.max(...overtaken) <= AT_A_TIME ? [] : ['what waited was not worked off in the order of its arrival']),
      ],
      late: [],
    };
  } finally {
    for (const replica of replicas) replica.abandon();
    await Promise.all([front.close(), jira.close(), sqs.close(), redis.remove()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function isTrusted(replica: Replica): Promise<boolean> {
  return Object((await replica.status())?.['store'])['trusted'] === true;
}

/** Calls to Jira that the replicas have counted. */
async function callsOf(replicas: readonly Replica[]): Promise<number> {
  let calls = 0;
  for (const replica of replicas) {
    const text = await (await fetch(`${replica.address()}/metrics`)).text();
    for (const [, count] of text.matchAll(/^f2j_jira_calls_total\{[^}]*\} (\d+)/gm)) calls += Number(count);
  }
  return calls;
}

function createsIn(jira: JiraSimulator): readonly { readonly n: number; readonly at: number }[] {
  return jira
    .history()
    .filter(({ operation, done }) => operation === 'POST /issue' && done)
    .map(({ asked, at }) => ({ n: Number(/bucket-(\d+)/.exec(JSON.stringify(asked))?.[1]), at: Date.parse(at) }));
}

function callsBetween(jira: JiraSimulator, from: number, to: number): number {
  return jira.history().filter(({ at }) => Date.parse(at) >= from && Date.parse(at) < to).length;
}

/** The most calls in any time as long as this, ms. */
function mostIn(jira: JiraSimulator, ms: number): number {
  const times = jira.history().map(({ at }) => Date.parse(at));
  let [most, first] = [0, 0];
  for (const [last, time] of times.entries()) {
    while ((times[first] ?? time) <= time - ms) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
