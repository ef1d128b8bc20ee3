import { onTestFinished } from 'vitest';
import { createAwsAccess } from '../../../src/intake/aws-access.ts';
import { startOwner } from '../../../src/parts/owner/owner-part.ts';
import type { PipelineDeps } from '../../../src/pipeline/pipeline-deps.ts';
import {
  startOrganizationsSimulator,
  type OrganizationsSimulator,
  type SimulatedAccount,
} from '../../../src/sandbox/organizations/organizations-simulator.ts';
import { startStsSimulator, type StsSimulator } from '../../../src/sandbox/sts/sts-simulator.ts';
import type { TagsSimulator, TagsSimulatorOptions } from '../../../src/sandbox/tags/tags-simulator.ts';
import { useEnvironment } from '../../support/servers/access-analyzer.ts';
import { DIRECT } from '../../support/servers/direct-network.ts';
import { openTags } from '../../support/servers/tags.ts';

export const MANAGEMENT = '111122223333';
export const OWNER_ROLE = 'TagReader';

/** The simulated APIs that say whose a resource is, and the part on them, by the environment as in every deployment. All end with the test. */
export interface OwnerSources {
  readonly tags: TagsSimulator;
  readonly organizations: OrganizationsSimulator;
  readonly sts: StsSimulator;
  /** @param settings the variables of parts that are set */
  startParts(settings?: Readonly<Record<string, string>>, timeoutMs?: number): PipelineDeps['startParts'];
}

export async function openOwnerSources(
  options: TagsSimulatorOptions & { readonly accounts?: readonly SimulatedAccount[] } = {},
): Promise<OwnerSources> {
  const { accounts = [], ...ofTags } = options;
  const [tags, organizations, sts] = [await openTags(ofTags), await startOrganizationsSimulator({ accounts }), await startStsSimulator()];
  onTestFinished(async () => void (await Promise.all([organizations.close(), sts.close()])));
  useEnvironment({
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API: tags.url,
    AWS_ENDPOINT_URL_IAM: tags.url,
    AWS_ENDPOINT_URL_ACCOUNT: tags.url,
    AWS_ENDPOINT_URL_ORGANIZATIONS: organizations.url,
    AWS_ENDPOINT_URL_STS: sts.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  const aws = createAwsAccess({ agents: DIRECT.agents, log: { warn: () => undefined }, now: () => Date.now() });
  return {
    tags,
    organizations,
    sts,
    startParts:
      (settings = { OWNER_ROLE_NAME: OWNER_ROLE }, timeoutMs = 10_000) =>
      (ports) => [startOwner({ ...ports, limiter: (of) => ports.limiter(of, 1_000), settings, aws }, timeoutMs)],
  };
}
