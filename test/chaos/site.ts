import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArn } from '../../src/findings/arn.ts';
import { startAccessAnalyzerSimulator, type AccessAnalyzerSimulator } from '../../src/sandbox/access-analyzer/access-analyzer-simulator.ts';
import { startJiraSimulator, type JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import type { SimulatedAnalyzer } from '../../src/sandbox/access-analyzer/simulated-analyzer.ts';
import { startSqsEmulator, type SqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { startRedis, type RedisServer } from '../support/servers/redis-server.ts';
import { createAbsence, type Absence } from './absence.ts';
import { ANALYZERS } from './finding-history.ts';
import type { Plan, PlannedInstallation } from './plan.ts';
import { CHAOS_SERVICE, startReplica, type Replica } from './replica.ts';
import { sandboxEnv } from '../support/service/sandbox-env.ts';

/** All parts of one run: Jira, SQS, the store, the service processes. They run on loopback and end with `close`. */
export interface ChaosSite {
  readonly jira: JiraSimulator;
  readonly redis: RedisServer | null;
  readonly parts: readonly InstallationParts[];
  readonly replicas: readonly Replica[];
  /** Strikes the store after the strike before is over, however long that takes. */
  storeTurn(strike: () => Promise<void>): Promise<void>;
  /** Set by the code that takes the store away and brings it back. */
  readonly absence: Absence;
  close(): Promise<void>;
}

export interface InstallationParts {
  readonly name: string;
  readonly sqs: SqsEmulator;
  /** AWS, where every finding is, also one whose events are lost. */
  readonly aws: AccessAnalyzerSimulator;
  /** Folder of the embedded store. */
  readonly folder: string;
  readonly replicas: readonly Replica[];
}

/** The rule whose groups a run may change. */
export const REGROUPED_RULE = 'roles';

/** The rules of a run. */
export const RULES = `version: 1
limits: off
rules:
  - id: ${REGROUPED_RULE}
    match: { detail: { resourceType: ["AWS::IAM::Role"] } }
    action: issue
    groupBy: access
    issue: { project: PLAT, issueType: Task }
  - id: everything-else
    match: { source: ["aws.access-analyzer"] }
    action: issue
    issue: { project: SEC, issueType: Task }
`;

/** Statuses of category done in the two projects' workflows. */
export const DONE_STATUSES: ReadonlySet<string> = new Set(['Done']);

const JIRA_TIMEOUT_MS = 2_000;
const SENDING_SLACK_MS = 3_000;
/** Cooldown after a transition or an update, ms. */
const TRANSITION_COOLDOWN_MS = 500;
/** From one sweep to the next, ms. */
const SWEEP_EVERY_MS = 5_000;
/** Several pages, also in a short run. A listing makes two calls a second. */
const ROWS_A_PAGE = 10;
const MANY_FINDINGS = 200;
/** The service expects the simulated lag plus this margin, ms. */
const LAG_MARGIN_MS = 3_000;

/** The faults that are drawn for every request. */
export const FAULT_RATES = { loseAnswerRate: 0.05, unavailableBeforeRate: 0.05, resetBeforeRate: 0.05 } as const;
export const NO_FAULT_RATES = { loseAnswerRate: 0, unavailableBeforeRate: 0, resetBeforeRate: 0 } as const;

/** An analyzer of external access, which is all that a run has. */
export function companyAnalyzer(arn: string, status: SimulatedAnalyzer['status']): SimulatedAnalyzer {
  return { arn, type: 'ORGANIZATION', status, managedBy: null, archiveRules: [] };
}

export async function openChaosSite(plan: Plan): Promise<ChaosSite> {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-chaos-'));
  const jira = await startJiraSimulator({ seed: plan.seed, projects: [{ key: 'SEC' }, { key: 'PLAT', workflow: 'global' }] });
  Object.assign(jira.faults, FAULT_RATES, { indexLagMs: plan.indexLagMs, bulkFetchLagMs: plan.bulkFetchLagMs, latencyMs: plan.latencyMs });
  const redis = plan.store === 'redis' ? await startRedis({ appendonly: true }) : null;
  const rulesFile = join(folder, 'rules.yaml');
  writeFileSync(rulesFile, RULES);
  const absence = createAbsence();
  let storeFree: Promise<void> = Promise.resolve();

  async function openInstallation({ name, account, replicas: count }: PlannedInstallation): Promise<InstallationParts> {
    // Without a dead-letter queue: each kill costs the messages under way a receive, and the limit of receives is the queue owner's setting.
    const sqs = await startSqsEmulator({ visibilitySeconds: 5, withDeadLetterQueue: false });
    const aws = await startAccessAnalyzerSimulator(plan.history.findings > MANY_FINDINGS ? {} : { pageSize: ROWS_A_PAGE });
    for (const arn of ANALYZERS) aws.putAnalyzer(companyAnalyzer(arn, 'ACTIVE'));
    const dataDir = join(folder, name);
    const env = {
      ...sandboxEnv({ sqs, aws, jira }, account),
      AWS_REGION: 'eu-central-1',
      ANALYZER_REGIONS: ANALYZERS.flatMap((arn) => parseArn(arn)?.region ?? []).join(','),
      SWEEP_INTERVAL_MS: String(SWEEP_EVERY_MS),
      JIRA_REQUESTS_PER_SECOND: String(plan.callsPerSecond),
      JIRA_TIMEOUT_MS: String(JIRA_TIMEOUT_MS),
      JIRA_UNCERTAIN_WINDOW_MS: String(plan.indexLagMs + LAG_MARGIN_MS),
      CHAOS_INDEX_LAG_MS: String(plan.indexLagMs + LAG_MARGIN_MS),
      CHAOS_SENDING_SLACK_MS: String(SENDING_SLACK_MS),
      CHAOS_COOLDOWN_MS: String(TRANSITION_COOLDOWN_MS),
      INSTALLATION: name,
      RULES_FILE: rulesFile,
      ...(redis === null ? { DATA_DIR: dataDir } : { REDIS_URL: redis.url }),
    };
    const replicas = Array.from({ length: count }, (_, n) => startReplica({ name: `${name} ${n}`, env, entry: CHAOS_SERVICE, absence }));
    return { name, sqs, aws, folder: dataDir, replicas };
  }

  const parts = await Promise.all(plan.installations.map(openInstallation));
  return {
    jira,
    redis,
    parts,
    replicas: parts.flatMap(({ replicas }) => replicas),
    storeTurn(strike) {
      storeFree = storeFree.then(strike);
      return storeFree;
    },
    absence,
    async close() {
      for (const { replicas } of parts) for (const replica of replicas) replica.abandon();
      await Promise.all([jira.close(), redis?.remove(), ...parts.flatMap(({ sqs, aws }) => [sqs.close(), aws.close()])]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
