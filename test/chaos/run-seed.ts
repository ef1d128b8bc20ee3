import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../src/sandbox/samples/seeded-random.ts';
import { until } from '../support/until.ts';
import { checkRun, ownProperty, type Evidence, type Violation } from './checker.ts';
import { areTrusted, evidenceOf, outputOf, quietEvidence } from './come-to-rest.ts';
import { expectedIssues, newestOf, type AwsChange, type PlannedSend } from './finding-history.ts';
import { planRun, planWords, type Plan, type PlanOptions } from './plan.ts';
import { happen } from './happen.ts';
import { strike } from './strike.ts';
import { FAULT_RATES, openChaosSite, type ChaosSite } from './site.ts';

/** The result of one seed. */
export interface SeedResult {
  readonly seed: number;
  readonly store: string;
  readonly violations: readonly Violation[];
  /** @see planWords */
  readonly plan: readonly string[];
  readonly findings: number;
  readonly messages: number;
  readonly issues: number;
  /** Of those, open after the messages of the history were processed; and after the finale, in which everything is resolved. */
  readonly openIssues: number;
  readonly leftOpen: number;
  readonly calls: number;
  /** Process starts. */
  readonly lives: number;
  /** Faults that the simulated Jira injected, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  /** Blows that struck, by kind; and the deaths of processes at crash points, by point. */
  readonly blows: Readonly<Record<string, number>>;
  /** From the last message, or the last blow, to rest, ms. */
  readonly restedAfterMs: number;
  readonly tookMs: number;
  /** Peak memory of a service process, MB; 0 where the system does not report it. */
  readonly mostMemoryMb: number;
  /** Internal errors in the logs of the services, with their counts. */
  readonly internalErrors: Readonly<Record<string, number>>;
  /** Path of the file with Jira's history and the output of the processes; null without a violation. */
  readonly log: string | null;
}

export interface SeedOptions extends PlanOptions {
  /** Time limit for coming to rest, ms. */
  readonly quietWithinMs: number;
}

/** Enough for several seeds at once on a small machine. */
const START_MS = 180_000;
/** Plays one seed to its end and checks the result in Jira. Always ends the processes and servers that it started. */
export async function runSeed(options: SeedOptions): Promise<SeedResult> {
  const plan = planRun(options);
  const began = performance.now();
  const site = await openChaosSite(plan);
  const struck: Record<string, number> = {};
  try {
    await until(() => site.replicas.every((replica) => replica.address() !== null), 'every process is ready', START_MS);
    if (plan.beginsTrusted) await until(() => areTrusted(site), 'every process trusts its store', START_MS);
    await playOut(plan, site, struck);
    const { sends, finale, endings } = plan.history;
    const regrouped = plan.blows.some(({ kind }) => kind === 'rules-changed');
    const [told, resolved] = [expectedIssues(sends, regrouped), expectedIssues([...sends, ...finale], regrouped)];
    const quiet = performance.now();
    let evidence = await quietEvidence(plan, told, site, options.quietWithinMs);
    const restedAfterMs = Math.round(performance.now() - quiet);
    const openIssues = countOpen(evidence);
    if (checkRun(evidence).length === 0) {
      Object.assign(site.jira.faults, FAULT_RATES);
      for (const ending of endings) happenIn(site, ending);
      for (const message of finale) if (!message.lost) await sendTo(site, message);
      evidence = await quietEvidence(plan, resolved, site, options.quietWithinMs);
    }
    await Promise.all(site.replicas.map((replica) => replica.stop()));
    for (const { point } of site.replicas.flatMap((replica) => replica.crashes())) count(struck, `died ${point}`);
    evidence = { ...(await evidenceOf(plan, evidence.expected, site)), activity: evidence.activity };
    const violations = checkRun(evidence);
    const output = outputOf(site);
    for (const _ of output.matchAll(/"what":"openings-held"/g)) count(struck, 'held openings');
    return {
      ...figuresOf(plan, evidence),
      openIssues,
      leftOpen: countOpen(evidence),
      violations,
      blows: struck,
      lives: site.replicas.reduce((sum, replica) => sum + replica.lives(), 0),
      restedAfterMs,
      tookMs: Math.round(performance.now() - began),
      mostMemoryMb: Math.max(0, ...site.replicas.map((replica) => replica.mostMemoryMb())),
      internalErrors: internalErrorsIn(output),
      log: violations.length === 0 ? null : keepLog(plan, violations, evidence, output),
    };
  } finally {
    await site.close();
  }
}

function figuresOf(
  plan: Plan,
  { history, issues }: Evidence,
): Pick<SeedResult, 'seed' | 'store' | 'plan' | 'findings' | 'messages' | 'issues' | 'calls' | 'faults'> {
  const faults: Record<string, number> = {};
  for (const { fault } of history) if (fault !== null) count(faults, fault);
  const { seed, store } = plan;
  const made = issues.filter((issue) => ownProperty(issue) !== undefined).length;
  return {
    seed,
    store,
    plan: planWords(plan),
    findings: plan.history.findings,
    messages: plan.history.sends.length,
    issues: made,
    calls: history.length,
    faults,
  };
}

/** Our issues that are not done. */
function countOpen({ issues, doneStatuses }: Evidence): number {
  return issues.filter((issue) => ownProperty(issue) !== undefined && !doneStatuses.has(issue.status)).length;
}

/** Internal errors in the logs of the services, with their counts. */
function internalErrorsIn(output: string): Record<string, number> {
  const errors: Record<string, number> = {};
  for (const [, words = ''] of output.matchAll(/"what":"internal-error".*?"message":"(.*?)(?<!\\)"/g))
    count(errors, words.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…'));
  return errors;
}

async function sendTo(site: ChaosSite, { installation, body }: PlannedSend): Promise<void> {
  await site.parts.find(({ name }) => name === installation)?.sqs.send(body);
}

function happenIn({ parts }: ChaosSite, { installation, event }: AwsChange): void {
  const aws = parts.find(({ name }) => name === installation)?.aws;
  if (aws !== undefined) happen(aws, event);
}

function count(counts: Record<string, number>, kind: string): void {
  counts[kind] = (counts[kind] ?? 0) + 1;
}

/** Sends every message and strikes every blow at its time; resolves when the last blow is over. */
async function playOut(plan: Plan, site: ChaosSite, struck: Record<string, number>): Promise<void> {
  const sent: PlannedSend[] = [];
  const random = seededRandom(plan.seed * 31);
  const send = async (message: PlannedSend): Promise<void> => {
    sent.push(message);
    await sendTo(site, message);
  };
  const resend = async (installation: string | null): Promise<void> => {
    for (const message of newestOf(sent)) if (installation === null || message.installation === installation) await send(message);
  };
  const actions = [
    ...plan.history.changes.map((change) => ({ atMs: change.atMs, act: async () => happenIn(site, change) })),
    ...plan.history.sends.filter(({ lost }) => !lost).map((message) => ({ atMs: message.atMs, act: () => send(message) })),
    ...plan.blows.map((blow) => ({
      atMs: blow.atMs,
      act: async () => {
        if (await strike(blow, site, resend, random)) count(struck, blow.kind);
      },
    })),
  ];
  const began = performance.now();
  const acting: Promise<void>[] = [];
  for (const { atMs, act } of actions.toSorted((a, b) => a.atMs - b.atMs)) {
    const early = atMs - (performance.now() - began);
    if (early > 0) await sleep(early);
    acting.push(act());
  }
  await Promise.all(acting);
}

function keepLog(plan: Plan, violations: readonly Violation[], { history, issues }: Evidence, output: string): string {
  const path = join(tmpdir(), `f2j-chaos-${plan.store}-${plan.seed}.log`);
  const lines = [
    ...planWords(plan),
    ...violations.map(({ rule, what }) => `${rule}: ${what}`),
    '=== issues',
    ...issues.map((issue) => JSON.stringify({ ...issue, description: undefined })),
    '=== history',
    ...history.map((entry) => JSON.stringify(entry)),
  ];
  writeFileSync(path, `${lines.join('\n')}\n${output}`);
  return path;
}
