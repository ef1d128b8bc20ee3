import { setTimeout as sleep } from 'node:timers/promises';
import { isRead } from '../../src/sandbox/jira/scopes-of.ts';
import { checkRun, mayStillCome, type Evidence, type ExpectedIssue } from './checker.ts';
import { decideUnproven } from './decide-unproven.ts';
import { liftLimits } from './limit-openings.ts';
import type { Plan } from './plan.ts';
import { DONE_STATUSES, NO_FAULT_RATES, type ChaosSite } from './site.ts';
import { sweepOnce } from './sweep-now.ts';

/** After this time without a changing request, none is on its way any more. */
const IDLE_MS = 2_000;
/** After this time without a changing request, services that report no work stay at rest: longer than any wait that they do not report, and several sweeps. */
const DEAD_MS = 90_000;
const READ_EVERY_MS = 250;
/** Faults go on for this time after the last message and the last blow, ms; after that, retries find a Jira that answers. */
const FAULTS_GO_ON_MS = 15_000;

/** The evidence after the run came to rest, was swept once more and came to rest again, or after the time limit for that. */
export async function quietEvidence(plan: Plan, expected: readonly ExpectedIssue[], site: ChaosSite, withinMs: number): Promise<Evidence> {
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
    const changing = history.filter(({ operation }) => !isRead(operation)).length;
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

/** Whether every process trusts its store. */
export async function areTrusted({ replicas }: ChaosSite): Promise<boolean> {
  const statuses = await Promise.all(replicas.map((replica) => replica.status()));
  return statuses.every((status) => Object(status?.['store'])['trusted'] === true);
}

/** What Jira, SQS and the processes show now. */
export async function evidenceOf(plan: Plan, expected: readonly ExpectedIssue[], site: ChaosSite): Promise<Evidence> {
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

/** The output of all processes. */
export function outputOf({ replicas }: ChaosSite): string {
  return replicas.map(({ name, output }) => `=== ${name}\n${output()}`).join('\n');
}
