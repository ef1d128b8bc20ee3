import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startJiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { createAbsence } from '../chaos/absence.ts';
import { checkRun, mayStillCome, type Evidence } from '../chaos/checker.ts';
import { evidenceOf } from '../chaos/outage.ts';
import { CHAOS_SERVICE, SERVICE_MAIN, startReplica } from '../chaos/replica.ts';
import { numberedEvent, range } from '../support/findings/findings-by-number.ts';
import { FAILING_STORES, type FailingStoreKind } from '../support/servers/failing-stores.ts';
import { until } from '../support/until.ts';
import { watchReadiness } from './watch-readiness.ts';
import type { Scenario, SoakResult } from './scenario.ts';
import { sandboxEnv } from '../support/service/sandbox-env.ts';
import { OPEN_EVERYTHING } from '../support/service/open-everything.ts';

/** How a store is taken away, and from what. */
export interface RefusalOptions {
  readonly kind: FailingStoreKind;
  /** How long it takes no commit, once every replica says so. */
  readonly seconds: number;
  readonly replicas: number;
  /** Further variables of the services, such as those that shorten waits; with `CHAOS_…`, the service with crash points runs. */
  readonly env: Readonly<Record<string, string>>;
}

/** Findings that have their issue before the store fails. */
const BEFORE = 20;
const EVERY_MS = 50;
/** New findings after the recovery. */
const AFTER = 20;
/** Short, so that a message that is not prolonged comes back, and soon is a dead letter. */
const QUEUE = { visibilitySeconds: 5, maxReceives: 3 } as const;
const START_MS = 120_000;
const CHANGE_MS = 60_000;
const DONE_MS = 600_000;
const RED_WITHIN_MS = 5_000;
const GREEN_WITHIN_MS = 10_000;

/** Two minutes of each by default: 20 findings a second go on while the store answers questions and takes nothing. */
export const STORE_REFUSES: readonly Scenario[] = FAILING_STORES.map((kind) => ({
  name: kind.name,
  missing: kind.missing,
  play: (seconds) => playRefusal({ kind, seconds, replicas: kind.name === 'full-disk' ? 1 : 2, env: {} }),
}));

/** Lets a store refuse every commit under load, and shows what became of readiness, messages and issues. */
export async function playRefusal({ kind, seconds, replicas: count, env: more }: RefusalOptions): Promise<SoakResult> {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-soak-'));
  const rulesFile = join(folder, 'rules.yaml');
  writeFileSync(rulesFile, OPEN_EVERYTHING);
  const [sqs, jira, store] = await Promise.all([startSqsEmulator(QUEUE), startJiraSimulator({ projects: [{ key: 'SEC' }] }), kind.open()]);
  const env = {
    ...sandboxEnv({ sqs, aws: null, jira }),
    AWS_REGION: 'eu-central-1',
    JIRA_REQUESTS_PER_SECOND: '200',
    RULES_FILE: rulesFile,
    ...store.env,
    ...more,
  };
  const entry = 'CHAOS_INDEX_LAG_MS' in env ? CHAOS_SERVICE : SERVICE_MAIN;
  const replicas = range(count).map((n) => startReplica({ name: `replica ${n}`, env, entry, absence: createAbsence() }));
  const readiness = watchReadiness(replicas);
  const sent: number[] = [];
  const send = async (): Promise<void> => {
    const n = sent.length;
    sent.push(n);
    await sqs.send(JSON.stringify(numberedEvent(n, 10)));
  };
  let sending = true;
  /** Keeps to the rate however long a send takes. */
  async function keepSending(): Promise<void> {
    const began = performance.now();
    for (let n = 1; sending; n += 1) {
      await send();
      await sleep(Math.max(0, began + n * EVERY_MS - performance.now()));
    }
  }
  try {
    await until(() => readiness.all('ready'), 'every replica is ready', START_MS);
    for (let n = 0; n < BEFORE; n += 1) await send();
    await until(() => jira.issues().length === BEFORE, 'the first findings have their issues', START_MS);
    const load = keepSending();

    await store.fail();
    const failedAt = performance.now();
    await until(() => readiness.all('red'), 'every replica is red', CHANGE_MS);
    const redAfterMs = performance.now() - failedAt;
    readiness.forgetGreens();
    const waitingAtRed = (await sqs.depth()).waiting;
    await sleep(seconds * 1_000);
    const [greensMeanwhile, during] = [readiness.greens(), await sqs.depth()];
    await store.recover();
    const recoveredAt = performance.now();
    await until(() => readiness.all('ready'), 'every replica is green', CHANGE_MS);
    const greenAfterMs = performance.now() - recoveredAt;
    sending = false;
    await load;
    for (let n = 0; n < AFTER; n += 1) await send();

    const evidence = (): Promise<Evidence> => evidenceOf(sent, [], { jira, sqs, replicas });
    await until(async () => !checkRun(await evidence()).some(mayStillCome), 'everything is done', DONE_MS).catch(() => {});
    const doneAfterMs = performance.now() - recoveredAt;
    await Promise.all(replicas.map((replica) => replica.stop()));
    const { deadLettered } = await sqs.depth();
    const broken = checkRun(await evidence()).map(({ rule, what }) => `${rule}: ${what}`);
    return {
      figures: {
        'red after': inSeconds(redAfterMs),
        'green after': inSeconds(greenAfterMs),
        'done after': inSeconds(doneAfterMs),
        findings: String(sent.length),
        issues: String(jira.issues().length),
        'dead letters': String(deadLettered),
      },
      violations: [
        ...broken,
        ...(deadLettered === 0 ? [] : [`${deadLettered} dead letters`]),
        ...(greensMeanwhile === 0 ? [] : [`ready ${greensMeanwhile} times while the store took nothing`]),
        ...(during.waiting >= waitingAtRed ? [] : [`messages were received meanwhile: ${waitingAtRed} waited, then ${during.waiting}`]),
      ],
      late: [
        ...(redAfterMs <= RED_WITHIN_MS ? [] : [`red after ${inSeconds(redAfterMs)}`]),
        ...(greenAfterMs <= GREEN_WITHIN_MS ? [] : [`green after ${inSeconds(greenAfterMs)}`]),
      ],
    };
  } finally {
    sending = false;
    readiness.stop();
    for (const replica of replicas) replica.abandon();
    await Promise.all([jira.close(), sqs.close(), store.remove()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
