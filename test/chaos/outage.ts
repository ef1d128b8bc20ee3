import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArn } from '../../src/findings/arn.ts';
import { findingKey } from '../../src/findings/finding.ts';
import { startAccessAnalyzerSimulator } from '../../src/sandbox/access-analyzer/access-analyzer-simulator.ts';
import type { JsonObject } from '../../src/findings/json.ts';
import { startJiraSimulator, type JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { SERVICE_ACCOUNT } from '../../src/sandbox/jira/sandbox-accounts.ts';
import { startSqsEmulator, type SqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { ANALYZER_ARN } from '../support/findings/finding-events.ts';
import { numberedEvent, range } from '../support/findings/findings-by-number.ts';
import { startHalfOpenProxy, type HalfOpenProxy } from '../support/servers/half-open-proxy.ts';
import { startRedis, type RedisServer } from '../support/servers/redis-server.ts';
import { until } from '../support/until.ts';
import { checkRun, mayStillCome, type Evidence, type Violation } from './checker.ts';
import { createAbsence } from './absence.ts';
import { SERVICE_MAIN, startReplica, type Replica } from './replica.ts';
import { DONE_STATUSES } from './site.ts';
import { sandboxEnv } from '../support/service/sandbox-env.ts';
import { OPEN_EVERYTHING } from '../support/service/open-everything.ts';

/**
 * How Redis is lost. `half-open`: existing connections fall silent for good, new ones work. `frozen`: nothing answers, connections stay
 * open. `stopped`: ended in order, started again later. `killed`: the same with SIGKILL.
 */
export const OUTAGES = ['half-open', 'frozen', 'stopped', 'killed'] as const;
export type OutageKind = (typeof OUTAGES)[number];

/** The result of one loss of Redis. */
export interface OutageResult {
  readonly kind: OutageKind;
  readonly awayMs: number;
  readonly findings: number;
  readonly issues: number;
  /** From the return of Redis, or from the moment that the connections fell silent, to the next change in Jira, ms. */
  readonly workedAfterMs: number;
  /** From the same moment until every finding had its issue in the expected state, ms. */
  readonly doneAfterMs: number;
  /** Unexpected exits of processes. */
  readonly ends: readonly string[];
  readonly violations: readonly Violation[];
}

export interface OutageOptions {
  readonly kind: OutageKind;
  readonly awayMs: number;
  /** Number of service processes; one that ends is started again. */
  readonly replicas: number;
}

const BEFORE = range(20);
/** Findings of `BEFORE` that are resolved while Redis is away. */
const RESOLVED = BEFORE.slice(0, 10);
/** Interval between new findings while Redis is away. */
const EVERY_MS = 500;
const AFTER = 5;
/** From one sweep to the next: some fall into the time without Redis. */
const SWEEP_EVERY_MS = 10_000;
const START_MS = 300_000;
const DONE_MS = 300_000;

/** Takes Redis away from running services (`src/main.ts`, with its normal waits) for a while, and measures how they recover. */
export async function playOutage({ kind, awayMs, replicas: count }: OutageOptions): Promise<OutageResult> {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-outage-'));
  const rulesFile = join(folder, 'rules.yaml');
  writeFileSync(rulesFile, OPEN_EVERYTHING);
  const [sqs, jira, aws, redis] = await Promise.all([
    startSqsEmulator({ visibilitySeconds: 10, withDeadLetterQueue: false }),
    startJiraSimulator({ projects: [{ key: 'SEC' }] }),
    startAccessAnalyzerSimulator(),
    startRedis({ appendonly: true }),
  ]);
  const proxy = await startHalfOpenProxy(redis.port);
  const absence = createAbsence();
  const env = {
    ...sandboxEnv({ sqs, aws, jira }),
    AWS_REGION: 'eu-central-1',
    ANALYZER_REGIONS: parseArn(ANALYZER_ARN)?.region ?? '',
    SWEEP_INTERVAL_MS: String(SWEEP_EVERY_MS),
    RULES_FILE: rulesFile,
    REDIS_URL: proxy.url,
  };
  const replicas = range(count).map((n) => startReplica({ name: `replica ${n}`, env, entry: SERVICE_MAIN, absence }));
  try {
    const sent: number[] = [];
    const happens = async (event: JsonObject): Promise<void> => {
      aws.follow(event);
      await sqs.send(JSON.stringify(event));
    };
    const send = async (n: number): Promise<void> => {
      sent.push(n);
      await happens(numberedEvent(n, 10));
    };
    for (const n of BEFORE) await send(n);
    await until(() => jira.issues().length === BEFORE.length, 'the first findings have their issues', START_MS);

    const [began, beganAt] = [performance.now(), Date.now()];
    if (kind !== 'half-open') absence.begins();
    await takeAway(kind, redis, proxy);
    for (const n of RESOLVED) await happens(numberedEvent(n, 20, 'RESOLVED'));
    while (performance.now() - began < awayMs) {
      await send(sent.length);
      await sleep(EVERY_MS);
    }
    await bringBack(kind, redis);
    absence.ends();
    // For new connections, Redis was never away.
    const backAt = kind === 'half-open' ? beganAt : Date.now();
    for (let n = 0; n < AFTER; n += 1) await send(sent.length);
    await until(() => changeAfter(jira, backAt) !== null, 'work goes on', DONE_MS);
    const workedAfterMs = (changeAfter(jira, backAt) ?? 0) - backAt;
    const evidence = (): Promise<Evidence> => evidenceOf(sent, RESOLVED, { jira, sqs, replicas });
    await until(async () => !checkRun(await evidence()).some(mayStillCome), 'everything is done', DONE_MS + 2 * awayMs).catch(() => {});
    const doneAfterMs = Date.now() - backAt;
    await Promise.all(replicas.map((replica) => replica.stop()));
    const ends = replicas.flatMap((replica) => replica.ends().filter(({ explained }) => !explained));
    return {
      kind,
      awayMs,
      findings: sent.length,
      issues: jira.issues().length,
      workedAfterMs,
      doneAfterMs,
      ends: ends.map(({ name, how }) => `${name}: ${how}`),
      violations: checkRun(await evidence()),
    };
  } finally {
    for (const replica of replicas) replica.abandon();
    proxy.close();
    await Promise.all([jira.close(), sqs.close(), aws.close(), redis.remove()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function takeAway(kind: OutageKind, redis: RedisServer, proxy: HalfOpenProxy): Promise<void> {
  if (kind === 'half-open') proxy.silence();
  else if (kind === 'frozen') redis.pauseProcess();
  else if (kind === 'stopped') await redis.stop();
  else await redis.kill9();
}

async function bringBack(kind: OutageKind, redis: RedisServer): Promise<void> {
  if (kind === 'frozen') redis.continueProcess();
  else if (kind !== 'half-open') await redis.restart();
}

/** Time of the first create or transition after `afterMs`, epoch ms; null: none yet. */
function changeAfter(jira: JiraSimulator, afterMs: number): number | null {
  const first = jira
    .history()
    .find(
      ({ at, operation, done }) =>
        done && Date.parse(at) > afterMs && (operation === 'POST /issue' || operation === 'POST /issue/*/transitions'),
    );
  return first === undefined ? null : Date.parse(first.at);
}

/** The sides of a run that show what it left behind. */
export interface Sides {
  readonly jira: JiraSimulator;
  readonly sqs: SqsEmulator;
  readonly replicas: readonly Replica[];
}

/** What a run left behind. @param sent the numbers of its findings @param resolved those that ended */
export async function evidenceOf(sent: readonly number[], resolved: readonly number[], { jira, sqs, replicas }: Sides): Promise<Evidence> {
  const { waiting, inFlight } = await sqs.depth();
  return {
    installations: [{ name: 'default', accountId: SERVICE_ACCOUNT.accountId, email: SERVICE_ACCOUNT.email }],
    expected: sent.map((n) => ({
      installation: 'default',
      findings: [findingKey(ANALYZER_ARN, `finding-${n}`)],
      active: !resolved.includes(n),
      everActive: true,
    })),
    issues: jira.issues(),
    history: jira.history(),
    doneStatuses: DONE_STATUSES,
    // A process that can't go on may exit, but not with code 0; the orchestrator starts it again.
    ends: replicas.flatMap((replica) => replica.ends()).map((end) => ({ ...end, explained: end.explained || end.how !== 'exit code 0' })),
    messagesLeft: waiting + inFlight,
    unreadable: replicas.reduce((sum, replica) => sum + replica.output().split('Could not read a message').length - 1, 0),
    activity: [],
  };
}
