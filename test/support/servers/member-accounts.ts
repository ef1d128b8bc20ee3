import { onTestFinished } from 'vitest';
import { createAwsAccess } from '../../../src/intake/aws-access.ts';
import type { AwsAccess } from '../../../src/pipeline/ports/aws-access.ts';
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
