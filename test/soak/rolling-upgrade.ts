import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICE_ACCOUNT } from '../../src/sandbox/jira/sandbox-accounts.ts';
import { seededRandom } from '../../src/sandbox/samples/seeded-random.ts';
import { checkRun, type Violation } from '../chaos/checker.ts';
import { areTrusted, quietEvidence } from '../chaos/come-to-rest.ts';
import { expectedIssues, planHistory, type FindingHistory } from '../chaos/finding-history.ts';
import { happen } from '../chaos/happen.ts';
import type { Plan } from '../chaos/plan.ts';
import { range } from '../support/findings/findings-by-number.ts';
import { redisServerPath } from '../support/servers/redis-server.ts';
import { until } from '../support/until.ts';
import { outdatedEnds } from './outdated-ends.ts';
import type { Scenario, SoakResult } from './scenario.ts';
import { openUpgradeSite, type UpgradeSite } from './upgrade-site.ts';
import { earlierVersion, hasHistory, presentVersion, versionWithNewerSchema, type Version } from './versions.ts';
import { watchReadiness, type ReadinessWatch } from './watch-readiness.ts';

const FINDINGS_A_SECOND = 2;
const MAX_FINDINGS = 5_000;
const REPLICAS = range(2);
const SEED = 1;
const START_MS = 300_000;
const READY_MS = 120_000;
const REST_MS = 900_000;
const LOOK_MS = 100;

/**
 * Replaces the replicas of one version by those of another while findings come and end, Jira fails at times, and events are lost.
 * That is what people do who upgrade, so a version that raises the store's schema is shown to raise it, and not left out for a later commit.
 * @param from the earlier version, a commit or a tag; null: the newest release
 */
export function upgradeScenarios(from: string | null): readonly Scenario[] {
  const missing = redisServerPath() === null ? 'redis-server' : null;
  return [
    {
      name: 'rolling-upgrade',
      missing: missing ?? (hasHistory() ? null : 'the history of the project'),
      play: (seconds) => playUpgrade({ old: earlierVersion(from), young: presentVersion() }, seconds),
    },
    { name: 'newer-schema', missing, play: (seconds) => playUpgrade({ old: presentVersion(), young: versionWithNewerSchema() }, seconds) },
  ];
}

interface Versions {
  readonly old: Version;
  readonly young: Version;
}

/** Forward; then back and forward again where both versions have the same schema. */
async function playUpgrade({ old, young }: Versions, seconds: number): Promise<SoakResult> {
  const plan = planOf(seconds);
  const replacements = (old.schema === young.schema ? [young, old, young] : [young]).flatMap((version) => REPLICAS.map(() => version));
  const site = await openUpgradeSite(plan);
  for (const _ of REPLICAS) site.start(old);
  const readiness = watchReadiness(site.replicas);
  try {
    await until(() => areTrusted(site), 'every replica trusts its store', START_MS);
    const unready = countUnready(readiness);
    const began = performance.now();
    const load = sendAll(site, plan.history, began);
    for (const [n, version] of replacements.entries()) {
      await sleep(Math.max(0, began + ((n + 1) * plan.lengthMs) / (replacements.length + 1) - performance.now()));
      await replace(site, readiness, version);
    }
    const rolledMs = performance.now() - began;
    await load;
    const { sends, finale, endings } = plan.history;
    const during = await quietEvidence(plan, expectedIssues(sends), site, REST_MS);
    for (const { event } of endings) happen(site.part.aws, event);
    for (const { body, lost } of finale) if (!lost) await site.part.sqs.send(body);
    const after = await quietEvidence(plan, expectedIssues([...sends, ...finale]), site, REST_MS);
    const unreadyLooks = unready.stop();
    await Promise.all(site.ever.map((replica) => replica.stop()));
    const { deadLettered } = await site.part.sqs.depth();
    const ends = site.ever.flatMap(outdatedEnds);
    const violations = [during, { ...after, ends }].map((evidence) => checkRun({ ...evidence, ends }));
    const outdated = ends.filter(({ how }) => how === 'exit code 1').length;
    return {
      figures: {
        'from, to': `${old.name}, ${young.name}`,
        'schema of the store': toldSchema(old.schema, young.schema),
        'replicas replaced': `${replacements.length} in ${(rolledMs / 1_000).toFixed(0)} s`,
        'messages, findings': `${sends.length + finale.length}, ${plan.history.findings}`,
        'issues, and open ones before the end': `${during.issues.length}, ${during.issues.filter(({ status }) => !during.doneStatuses.has(status)).length}`,
        'lost, wrong status, duplicates': violations.map(told).join('; at the end '),
        [`changes in Jira by ${old.name}`]: String(changesBy(site, old)),
        [`changes in Jira by ${young.name}`]: String(changesBy(site, young)),
        'faults of Jira': String(after.history.filter(({ fault }) => fault !== null).length),
        'updates of issues': String(after.history.filter(({ operation }) => operation === 'PUT /issue/*').length),
        'dead letters': String(deadLettered),
        'older processes that ended by the schema': String(outdated),
        'internal errors in logs': String(inLogs(site, '"what":"internal-error"')),
        'moments without a ready replica': String(unreadyLooks),
      },
      violations: [
        ...new Set(violations.flat().map(({ rule, what }) => `${rule}: ${what}`)),
        ...(deadLettered === 0 ? [] : [`${deadLettered} dead letters`]),
        ...[old, young].filter((version) => changesBy(site, version) === 0).map(({ name }) => `${name} changed nothing: nothing is shown`),
        ...(inLogs(site, '"what":"document-unreadable"') === 0 ? [] : ['one version could not read what the other one wrote']),
        ...(old.schema === young.schema || outdated >= REPLICAS.length ? [] : ['an older replica went on with a newer schema']),
      ],
      // Replicas that end by the schema leave a gap until the first of the newer ones has started.
      late: unreadyLooks === 0 || old.schema !== young.schema ? [] : [`no replica was ready at ${unreadyLooks} moments`],
    };
  } finally {
    readiness.stop();
    await site.close();
    for (const version of [old, young]) version.remove();
  }
}

function toldSchema(old: number, young: number): string {
  return old === young
    ? `${old} in both: forward, back and forward again`
    : `raised from ${old} to ${young}: documents are rewritten, the older replicas end by themselves, and there is no way back`;
}

/** Starts one of the version, waits until it is ready, then stops the oldest, as an orchestrator does. */
async function replace(site: UpgradeSite, readiness: ReadinessWatch, version: Version): Promise<void> {
  const [oldest] = site.replicas;
  const young = site.start(version);
  readiness.add(young);
  await until(() => young.address() !== null && readiness.is(young, 'ready'), `${young.name} is ready`, READY_MS);
  if (oldest !== undefined) await site.end(oldest);
}

function planOf(seconds: number): Plan {
  const lengthMs = seconds * 1_000;
  const findings = Math.min(MAX_FINDINGS, seconds * FINDINGS_A_SECOND);
  return {
    seed: SEED,
    store: 'redis',
    installations: [{ name: 'default', account: SERVICE_ACCOUNT, replicas: REPLICAS.length }],
    history: planHistory(seededRandom(SEED), { installations: ['default'], findings, lengthMs }),
    blows: [],
    lengthMs,
    beginsTrusted: true,
    indexLagMs: 2_000,
    bulkFetchLagMs: 0,
    latencyMs: 50,
    callsPerSecond: 100,
  };
}

/** Lets all happen at its time. */
async function sendAll({ part }: UpgradeSite, { changes, sends }: FindingHistory, began: number): Promise<void> {
  const acts = [
    ...changes.map(({ atMs, event }) => ({ atMs, act: async () => happen(part.aws, event) })),
    ...sends.filter(({ lost }) => !lost).map(({ atMs, body }) => ({ atMs, act: () => part.sqs.send(body) })),
  ];
  for (const { atMs, act } of acts.toSorted((a, b) => a.atMs - b.atMs)) {
    await sleep(Math.max(0, began + atMs - performance.now()));
    await act();
  }
}

function countUnready(readiness: ReadinessWatch): { stop(): number } {
  let looks = 0;
  const timer = setInterval(() => {
    if (!readiness.any('ready')) looks += 1;
  }, LOOK_MS);
  return {
    stop() {
      clearInterval(timer);
      return looks;
    },
  };
}

/** Issues that processes of a version opened, closed and reopened. */
function changesBy({ ever }: UpgradeSite, version: Version): number {
  const output = ever.filter((replica) => replica.version === version).map((replica) => replica.output());
  return [...output.join('').matchAll(/"what":"issue-(?:created|closed|reopened)"/g)].length;
}

function inLogs({ ever }: UpgradeSite, words: string): number {
  return ever.reduce((sum, replica) => sum + replica.output().split(words).length - 1, 0);
}

function told(violations: readonly Violation[]): string {
  const count = (rule: Violation['rule']): number => violations.filter((one) => one.rule === rule).length;
  return `${count('lost')}, ${count('wrong-status')}, ${count('duplicate')}`;
}
