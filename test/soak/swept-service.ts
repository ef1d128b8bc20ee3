import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findingKey } from '../../src/findings/finding.ts';
import type { JsonObject } from '../../src/findings/json.ts';
import { startAccessAnalyzerSimulator, type AccessAnalyzerSimulator } from '../../src/sandbox/access-analyzer/access-analyzer-simulator.ts';
import { startJiraSimulator, type JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { SERVICE_ACCOUNT } from '../../src/sandbox/jira/sandbox-accounts.ts';
import { startSqsEmulator, type SqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { createAbsence } from '../chaos/absence.ts';
import { askReplica } from '../chaos/ask-replica.ts';
import { checkRun, type Evidence, type Violation } from '../chaos/checker.ts';
import { SERVICE_MAIN, startReplica, type Replica } from '../chaos/replica.ts';
import { DONE_STATUSES } from '../chaos/site.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { until } from '../support/until.ts';
import { sandboxEnv } from '../support/service/sandbox-env.ts';
import { OPEN_EVERYTHING } from '../support/service/open-everything.ts';

/** The service as a process of its own, in front of AWS and Jira in this one; it sweeps only when it is told to. */
export interface SweptService {
  readonly sqs: SqsEmulator;
  readonly jira: JiraSimulator;
  readonly aws: AccessAnalyzerSimulator;
  readonly replica: Replica;
  /** Waits until the process answers and trusts its store. */
  ready(): Promise<void>;
  /** Starts a sweep. @returns its operation */
  startSweep(): Promise<string>;
  /** Waits until a sweep is done. @returns its result */
  sweepEnds(operation: string, withinMs: number): Promise<Readonly<Record<string, unknown>>>;
  /** Waits until nothing waits for a pass, and no message is left. */
  untilQuiet(withinMs: number): Promise<void>;
  close(): Promise<void>;
}

const REGION = 'us-west-2';
const START_MS = 120_000;
const LOOK_MS = 500;
const BUSY = ['pending', 'held', 'sending', 'uncertain', 'failed'];

export async function openSweptService(callsPerSecond: number): Promise<SweptService> {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-soak-'));
  const rulesFile = join(folder, 'rules.yaml');
  writeFileSync(rulesFile, OPEN_EVERYTHING);
  const [sqs, jira, aws] = await Promise.all([
    startSqsEmulator({ withDeadLetterQueue: false }),
    startJiraSimulator({ projects: [{ key: 'SEC' }] }),
    startAccessAnalyzerSimulator(),
  ]);
  const env = {
    ...sandboxEnv({ sqs, aws, jira }),
    AWS_REGION: REGION,
    SWEEP_INTERVAL_MS: '0',
    JIRA_REQUESTS_PER_SECOND: String(callsPerSecond),
    RULES_FILE: rulesFile,
    DATA_DIR: join(folder, 'data'),
  };
  const replica = startReplica({ name: 'service', env, entry: SERVICE_MAIN, absence: createAbsence() });
  const ask: typeof askReplica = (_, ...rest) => askReplica(replica.address() ?? '', ...rest);
  const isTrusted = async (): Promise<boolean> => Object((await replica.status())?.['store'])['trusted'] === true;
  const ready = (): Promise<void> => until(isTrusted, 'the service has started', START_MS);
  await ready();

  return {
    sqs,
    jira,
    aws,
    replica,
    ready,
    async startSweep() {
      const { id } = await ask('', 'POST', '/api/v1/sweeps', {});
      if (typeof id !== 'string') throw new Error('The service started no sweep');
      return id;
    },
    async sweepEnds(operation, withinMs) {
      const read = () => ask('', 'GET', `/api/v1/operations/${operation}`);
      const ended = async (): Promise<boolean> => ['done', 'failed', 'cancelled'].includes(String((await read())['state']));
      await until(slowly(ended), 'the sweep has ended', withinMs);
      const { state, result, error } = await read();
      if (state !== 'done') throw new Error(`The sweep is ${String(state)}: ${JSON.stringify(error)}`);
      return Object(result);
    },
    async untilQuiet(withinMs) {
      let quietFor = 0;
      const isAtRest = async (): Promise<boolean> => {
        const status = await replica.status();
        const { waiting, inFlight } = await sqs.depth();
        const mappings = Object(status?.['mappings']);
        const isQuiet = status?.['queueDepth'] === 0 && waiting + inFlight === 0 && BUSY.every((state) => mappings[state] === 0);
        quietFor = isQuiet ? quietFor + 1 : 0;
        return quietFor > 2;
      };
      await until(slowly(isAtRest), 'the service is at rest', withinMs);
    },
    async close() {
      replica.abandon();
      await Promise.all([jira.close(), sqs.close(), aws.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The n-th bucket; a later minute is a later observation. */
export function bucketEvent(n: number, minute: number, status: 'ACTIVE' | 'RESOLVED', analyzer = 'Company'): JsonObject {
  const updatedAt = new Date(Date.UTC(2026, 2, 1, 10, minute)).toISOString();
  const detail = { id: `finding-${n}`, resource: `arn:aws:s3:::bucket-${n}`, status, updatedAt };
  return externalEvent({ time: updatedAt, analyzerArn: analyzerArn(analyzer), detail });
}

function analyzerArn(name: string): string {
  return `arn:aws:access-analyzer:${REGION}:111122223333:analyzer/${name}`;
}

/** What is wrong in Jira, given which findings are ACTIVE in AWS. */
export function wrongIn(
  { jira, replica }: SweptService,
  findings: readonly { readonly n: number; readonly active: boolean }[],
): readonly Violation[] {
  const { accountId, email } = SERVICE_ACCOUNT;
  const evidence: Evidence = {
    installations: [{ name: 'default', accountId, email }],
    expected: findings.map(({ n, active }) => ({
      installation: 'default',
      findings: [findingKey(analyzerArn(''), `finding-${n}`)],
      active,
      everActive: true,
    })),
    issues: jira.issues(),
    history: jira.history(),
    doneStatuses: DONE_STATUSES,
    ends: replica.ends(),
    messagesLeft: 0,
    unreadable: 0,
    activity: [],
  };
  return checkRun(evidence);
}

/** Memory that a process holds now, and at most so far, MB. Only Linux tells. */
export function memoryOf(pid: number): { readonly nowMb: number; readonly mostMb: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (field: string): number => Math.round(Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1_024);
  return { nowMb: mb('VmRSS'), mostMb: mb('VmHWM') };
}

/** A look costs time of its own where there are many thousands of findings. */
function slowly(condition: () => Promise<boolean>): () => Promise<boolean> {
  return async () => {
    if (await condition()) return true;
    await sleep(LOOK_MS);
    return false;
  };
}
