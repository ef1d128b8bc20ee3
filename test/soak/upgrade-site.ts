import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArn } from '../../src/findings/arn.ts';
import { startAccessAnalyzerSimulator } from '../../src/sandbox/access-analyzer/access-analyzer-simulator.ts';
import { startJiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { createAbsence } from '../chaos/absence.ts';
import { ANALYZERS } from '../chaos/finding-history.ts';
import type { Plan } from '../chaos/plan.ts';
import { startReplica, type Replica } from '../chaos/replica.ts';
import { companyAnalyzer, FAULT_RATES, RULES, type ChaosSite, type InstallationParts } from '../chaos/site.ts';
import { startRedis } from '../support/servers/redis-server.ts';
import type { Version } from './versions.ts';
import { sandboxEnv } from '../support/service/sandbox-env.ts';

/** A process of a version. */
export interface VersionedReplica extends Replica {
  readonly version: Version;
}

/** AWS, Jira, SQS and a real Redis with the replicas of one installation, which may be of several versions. */
export interface UpgradeSite extends ChaosSite {
  readonly part: InstallationParts;
  /** Those that run. */
  readonly replicas: readonly VersionedReplica[];
  /** Also those that were replaced. */
  readonly ever: readonly VersionedReplica[];
  start(version: Version): VersionedReplica;
  /** SIGTERM, and no next life. */
  end(replica: VersionedReplica): Promise<void>;
}

/** Short, so that a create whose answer is lost is decided within the run. */
const UNCERTAIN_WINDOW_MS = 60_000;
const JIRA_TIMEOUT_MS = 5_000;
const SWEEP_EVERY_MS = 15_000;
/** Short, so that a message that a replica keeps instead of giving it back soon is a dead letter. */
const QUEUE = { visibilitySeconds: 10, maxReceives: 3 } as const;

export async function openUpgradeSite(plan: Plan): Promise<UpgradeSite> {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-upgrade-'));
  const rulesFile = join(folder, 'rules.yaml');
  writeFileSync(rulesFile, RULES);
  const [sqs, jira, aws, redis] = await Promise.all([
    startSqsEmulator(QUEUE),
    startJiraSimulator({ seed: plan.seed, projects: [{ key: 'SEC' }, { key: 'PLAT', workflow: 'global' }] }),
    startAccessAnalyzerSimulator(),
    startRedis({ appendonly: true }),
  ]);
  for (const arn of ANALYZERS) aws.putAnalyzer(companyAnalyzer(arn, 'ACTIVE'));
  Object.assign(jira.faults, FAULT_RATES, { indexLagMs: plan.indexLagMs, latencyMs: plan.latencyMs });
  const env = {
    ...sandboxEnv({ sqs, aws, jira }),
    AWS_REGION: 'eu-central-1',
    ANALYZER_REGIONS: ANALYZERS.flatMap((arn) => parseArn(arn)?.region ?? []).join(','),
    SWEEP_INTERVAL_MS: String(SWEEP_EVERY_MS),
    JIRA_REQUESTS_PER_SECOND: String(plan.callsPerSecond),
    JIRA_TIMEOUT_MS: String(JIRA_TIMEOUT_MS),
    JIRA_UNCERTAIN_WINDOW_MS: String(UNCERTAIN_WINDOW_MS),
    RULES_FILE: rulesFile,
    REDIS_URL: redis.url,
  };
  const [replicas, ever, absence]: [VersionedReplica[], VersionedReplica[], ReturnType<typeof createAbsence>] = [[], [], createAbsence()];
  const part: InstallationParts = { name: 'default', sqs, aws, folder, replicas };
  return {
    jira,
    redis,
    part,
    parts: [part],
    replicas,
    ever,
    absence,
    storeTurn: (strike) => strike(),
    start(version) {
      const name = `replica ${ever.length} (${version.name})`;
      const replica = { ...startReplica({ name, env, entry: version.entry, absence }), version };
      replicas.push(replica);
      ever.push(replica);
      return replica;
    },
    async end(replica) {
      replicas.splice(replicas.indexOf(replica), 1);
      await replica.stop();
    },
    async close() {
      for (const replica of ever) replica.abandon();
      await Promise.all([jira.close(), sqs.close(), aws.close(), redis.remove()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
