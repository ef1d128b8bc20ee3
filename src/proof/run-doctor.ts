import { AccessAnalyzerClient } from '@aws-sdk/client-accessanalyzer';
import { readEnvironment } from '../config/environment.ts';
import type { Settings } from '../config/settings.ts';
import { createAccessAnalyzer } from '../intake/access-analyzer.ts';
import { createSdkLog } from '../intake/sdk-log.ts';
import { openSqs } from '../intake/open-sqs.ts';
import { createJiraTracker } from '../jira/jira-tracker.ts';
import { createNetwork } from '../network/create-network.ts';
import type { Clock } from '../pipeline/ports/clock.ts';
import { readArguments, type LiveArguments } from './doctor-arguments.ts';
import type { ProofBounds } from './live-proof.ts';
import { isAsAssumed, type Proof } from './proof.ts';
import { proveAws } from './prove-aws.ts';
import { proveJira } from './prove-jira.ts';
import { reportJson, reportText } from './report.ts';

/** The world of the doctor's process. */
export interface DoctorWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** May throw. */
  readonly readFile: (path: string) => string;
  /** The report goes there. */
  readonly out: (text: string) => void;
  /** Lines for the person at the terminal, which may name things of the site. */
  readonly say: (line: string) => void;
  /** Asks that person; null: there is no terminal. */
  readonly ask: ((question: string) => Promise<string>) | null;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<unknown>;
  readonly clock: Clock;
  readonly random: () => number;
  /** A word that no other run has. */
  readonly run: string;
  readonly version: string;
  readonly bounds: Omit<ProofBounds, 'searchMs'>;
}

/** Waiting on a real site. */
export const LIVE_BOUNDS: DoctorWorld['bounds'] = { graceMs: 60_000, readMs: 30_000, everyMs: 2_000 };

/** @returns the exit code. 0: all that can be observed is as assumed; 1: something is different, or was not checked */
export async function runDoctor(argv: readonly string[], world: DoctorWorld): Promise<0 | 1> {
  const { say, out } = world;
  try {
    const { live, aws, asJson } = readArguments(argv);
    const environment = readEnvironment(world.env, world.readFile);
    if (!environment.ok) throw new Error(environment.problems.join('\n'));
    const { settings } = environment;
    if (live !== null) await confirm(live, settings, world);
    const proofs: Proof[] = [];
    if (live !== null) proofs.push(await proveLive(live, settings, world));
    if (aws) proofs.push(await proveAwsBy(settings, world));
    const report = { version: world.version, at: new Date(world.clock.now()).toISOString(), proofs };
    out(asJson ? reportJson(report) : reportText(report));
    return proofs.every(isAsAssumed) ? 0 : 1;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

/** @throws Error when it is not confirmed; nothing was sent then */
async function confirm({ projectKey, isConfirmed }: LiveArguments, { jira }: Settings, { ask }: DoctorWorld): Promise<void> {
  if (isConfirmed) return;
  if (ask === null) throw new Error('--live creates an issue: without a terminal, confirm it with --yes. Nothing was sent');
  const typed = await ask(
    `This creates one issue in the project ${projectKey} of ${jira.baseUrl}, changes it and closes it. Type ${projectKey} to go on: `,
  );
  if (typed.trim() !== projectKey) throw new Error('Not confirmed. Nothing was sent');
}

function proveLive(live: LiveArguments, { jira, proxies }: Settings, world: DoctorWorld): Promise<Proof> {
  const { clock, random, sleep, signal, say, run } = world;
  const { fetch } = createNetwork(proxies);
  const tracker = createJiraTracker({
    ...jira,
    fetch,
    lease: null,
    clock,
    random,
    onCall: () => undefined,
    onDenied: () => undefined,
    onWaited: () => undefined,
  });
  return proveJira({
    jira: tracker.parts,
    projectKey: live.projectKey,
    issueType: live.issueType,
    fields: live.fields,
    uncertainWindowMs: jira.uncertainWindowMs,
    bounds: { ...world.bounds, searchMs: live.searchMs },
    run,
    sleep,
    signal,
    say,
  });
}

async function proveAwsBy(settings: Settings, { sleep, say }: DoctorWorld): Promise<Proof> {
  const { agents } = createNetwork(settings.proxies);
  const log = { warn: (data: object, text: string) => say(`${text}: ${JSON.stringify(data)}`) };
  const sqs = openSqs({ ...settings.sqs, agents: agents(), log });
  const analyzers = new AccessAnalyzerClient({ maxAttempts: 2, requestHandler: agents(), logger: createSdkLog(log) });
  const details = createAccessAnalyzer({ agents, log, sleep: async (ms) => void (await sleep(ms)) });
  try {
    return await proveAws({ analyzers, details, sqs: sqs.client, queues: sqs.deadLetterQueues });
  } finally {
    sqs.close();
    analyzers.destroy();
    details.close();
  }
}
