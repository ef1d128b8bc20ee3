import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../src/sandbox/samples/seeded-random.ts';
import { until } from '../support/until.ts';
import { checkRun, mayStillCome, ownProperty, type Evidence, type ExpectedIssue, type Violation } from './checker.ts';
import { expectedIssues, newestOf, type Happening, type PlannedSend } from './finding-history.ts';
import { planRun, planWords, type Plan, type PlanOptions } from './plan.ts';
import { decideUnproven } from './decide-unproven.ts';
import { happen } from './happen.ts';
import { liftLimits } from './limit-openings.ts';
import { sweepOnce } from './sweep-now.ts';
import { strike } from './strike.ts';
import { DONE_STATUSES, FAULT_RATES, NO_FAULT_RATES, openChaosSite, type ChaosSite } from './site.ts';

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
/** After this time without a changing request, none is on its way any more. */
const IDLE_MS = 2_000;
/** After this time without a changing request, services that report no work stay at rest: longer than any wait that they do not report, and several sweeps. */
const DEAD_MS = 90_000;
const READ_EVERY_MS = 250;
/** Faults go on for this time after the last message and the last blow, ms; after that, retries find a Jira that answers. */
const FAULTS_GO_ON_MS = 15_000;

/** Plays one seed to its end and checks the result in Jira. Always ends the processes and servers that it started. */
export async function runSeed(options: SeedOptions): Promise<SeedResult> {
  const plan = planRun(options);
  const began = performance.now();
  const site = await openChaosSite(plan);
  const struck: Record<string, number> = {};
  try {
    await until(() => site.replicas.every((replica) => replica.address() !== null), 'every process is ready', START_MS);
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

/** The evidence after the run came to rest, was swept once more and came to rest again, or after the time limit for that. */
async function quietEvidence(plan: Plan, expected: readonly ExpectedIssue[], site: ChaosSite, withinMs: number): Promise<Evidence> {
  const restless = await becomeQuiet(plan, expected, site, withinMs);
  const activity = restless.length > 0 ? restless : await sweepToRest(plan, expected, site, withinMs);
  return { ...(await evidenceOf(plan, expected, site)), activity };
}

/** A sweep over what is in order changes nothing. @returns the work that was left when the wait ended */
async function sweepToRest(plan: Plan, expected: readonly ExpectedIssue[], site: ChaosSite, withinMs: number): Promise<readonly string[]> {
  const swept = await Promise.all(site.parts.map(async (part) => ((await sweepOnce(part, withinMs)) ? [] : [part.name])));
  const unswept = swept.flat().map((name) => `no sweep of ${name} was complete`);
  return unswept.length > 0 ? unswept : becomeQuiet(plan, expected, site, withinMs);
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

function happenIn({ parts }: ChaosSite, { installation, event }: Happening): void {
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
    ...plan.history.happenings.map((happening) => ({ atMs: happening.atMs, act: async () => happenIn(site, happening) })),
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

/**
 * Waits until all work is done. Compares Jira with the findings only while no service is busy.
 * @returns the work that was left when the wait ended
 */
async function becomeQuiet(plan: Plan, expected: readonly ExpectedIssue[], site: ChaosSite, withinMs: number): Promise<readonly string[]> {
  const began = performance.now();
  let [changes, changedAt] = [-1, began];
  for (;;) {
    const now = performance.now();
    if (now - began > FAULTS_GO_ON_MS) Object.assign(site.jira.faults, NO_FAULT_RATES);
    const history = site.jira.history();
    const changing = history.filter(({ method, operation }) => method !== 'GET' && !operation.startsWith('POST /search')).length;
    if (changing !== changes) [changes, changedAt] = [changing, now];
    if (plan.blows.some(({ kind }) => kind === 'limited')) await liftLimits(site);
    if (plan.blows.some(({ kind }) => kind === 'forged')) await decideUnproven(site);
    const busy = await busyOnes(site);
    if (busy.length === 0 && now - changedAt >= IDLE_MS && (await isComplete(plan, expected, site))) return [];
    if (busy.length === 0 && now - changedAt > DEAD_MS) return ['the services report no work, and expected changes do not come'];
    if (now - began > withinMs) return busy.length > 0 ? busy : ['expected changes did not come in time'];
    await sleep(READ_EVERY_MS);
  }
}

/** The work that services and requests to Jira still have. */
async function busyOnes(site: ChaosSite): Promise<readonly string[]> {
  const statuses = await Promise.all(site.replicas.map(activityOf));
  const waiting = site.jira.history().filter(({ status }) => status === 'waiting').length;
  return [...statuses.flat(), ...(waiting === 0 ? [] : [`requests to Jira under way: ${waiting}`])];
}

/** True when Jira has everything that is expected. */
async function isComplete(plan: Plan, expected: readonly ExpectedIssue[], site: ChaosSite): Promise<boolean> {
  return !checkRun(await evidenceOf(plan, expected, site)).some(mayStillCome);
}

const BUSY = ['pending', 'held', 'sending', 'uncertain', 'failed'];

async function activityOf({ name, status }: ChaosSite['replicas'][number]): Promise<readonly string[]> {
  const answer = await status();
  if (answer === null) return [`${name} does not answer`];
  const mappings = Object(answer['mappings']);
  const states = BUSY.filter((state) => mappings[state] !== 0).map((state) => `${name}: ${mappings[state]} ${state}`);
  const queue = answer['queueDepth'] === 0 ? [] : [`${name}: groups in the queue: ${answer['queueDepth']}`];
  return [...states, ...queue, ...(Object(answer['store'])['trusted'] === true ? [] : [`${name} does not trust its store`])];
}

async function evidenceOf(plan: Plan, expected: readonly ExpectedIssue[], site: ChaosSite): Promise<Evidence> {
  const depths = await Promise.all(site.parts.map(({ sqs }) => sqs.depth()));
  return {
    installations: plan.installations.map(({ name, account: { accountId, email } }) => ({ name, accountId, email })),
    expected,
    issues: site.jira.issues(),
    history: site.jira.history(),
    doneStatuses: DONE_STATUSES,
    ends: site.replicas.flatMap((replica) => replica.ends()),
    messagesLeft: depths.reduce((sum, { waiting, inFlight }) => sum + waiting + inFlight, 0),
    unreadable: outputOf(site).split('Could not read a message').length - 1,
    activity: [],
  };
}

function outputOf({ replicas }: ChaosSite): string {
  return replicas.map(({ name, output }) => `=== ${name}\n${output()}`).join('\n');
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
