import { onTestFinished } from 'vitest';
import { createAwsAccess } from '../../../src/intake/aws-access.ts';
import { part } from '../../../src/parts/actor/actor-part.ts';
import type { AwsAccess } from '../../../src/pipeline/ports/aws-access.ts';
import type { RunningPart } from '../../../src/pipeline/ports/part.ts';
import type { PipelineDeps } from '../../../src/pipeline/pipeline-deps.ts';
import { startCloudTrailSimulator, type CloudTrailSimulator } from '../../../src/sandbox/cloudtrail/cloudtrail-simulator.ts';
import { startStsSimulator, type StsSimulator } from '../../../src/sandbox/sts/sts-simulator.ts';
import { useEnvironment } from './access-analyzer.ts';
import { DIRECT } from './direct-network.ts';

/** The simulated STS and CloudTrail, and the way to them by the environment as in every deployment; all end with the test. */
export interface MemberAccounts {
  readonly sts: StsSimulator;
  readonly cloudTrail: CloudTrailSimulator;
  readonly aws: AwsAccess;
}

/** @param now the clock of the service, by which events become visible and old */
export async function openMemberAccounts(now: () => number = Date.now): Promise<MemberAccounts> {
  const [sts, cloudTrail] = [await startStsSimulator(), await startCloudTrailSimulator()];
  cloudTrail.settings.now = now;
  onTestFinished(async () => void (await Promise.all([sts.close(), cloudTrail.close()])));
  useEnvironment({
    AWS_ENDPOINT_URL_STS: sts.url,
    AWS_ENDPOINT_URL_CLOUDTRAIL: cloudTrail.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  return { sts, cloudTrail, aws: createAwsAccess({ agents: DIRECT.agents, log: { warn: () => undefined }, now }) };
}

/** The part on simulated accounts, for `startServiceParts`; `running` has it once it was started. */
export function actorPart({ aws }: Pick<MemberAccounts, 'aws'>): { startParts: PipelineDeps['startParts']; running: RunningPart[] } {
  const running: RunningPart[] = [];
  return {
    running,
    startParts: (ports) => {
      const started = part.start({ ...ports, settings: { ACTOR_ROLE_NAME: 'findings-to-jira-actor' }, aws });
      running.push(started);
      return [started];
    },
  };
}
