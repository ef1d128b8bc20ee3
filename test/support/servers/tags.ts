import { AccountClient } from '@aws-sdk/client-account';
import { IAMClient } from '@aws-sdk/client-iam';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { onTestFinished } from 'vitest';
import { startTagsSimulator, type TagsSimulator, type TagsSimulatorOptions } from '../../../src/sandbox/tags/tags-simulator.ts';
import type { SimulatedTags } from '../../../src/sandbox/tags/tags-state.ts';

/** A simulator that ends with the test. */
export async function openTags(options: TagsSimulatorOptions = {}): Promise<TagsSimulator> {
  const simulator = await startTagsSimulator(options);
  onTestFinished(() => simulator.close());
  return simulator;
}

/** A resource with tags; account and Region are those of its ARN, where it has them. */
export function tagged(
  arn: string,
  tags: Readonly<Record<string, string>>,
  place: { readonly accountId?: string; readonly region?: string } = {},
): SimulatedTags {
  const [, , , region = '', accountId = ''] = arn.split(':');
  return { arn, tags, accountId: place.accountId ?? accountId, region: place.region ?? region };
}

/** The SDK's own clients on it, without retries, with the credentials of an account. */
export function tagsClients(
  simulator: TagsSimulator,
  accountId: string,
  region: string,
): { readonly tagging: ResourceGroupsTaggingAPIClient; readonly iam: IAMClient; readonly account: AccountClient } {
  const config = {
    endpoint: simulator.url,
    region,
    credentials: { accessKeyId: `ASIA${accountId}`, secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  const clients = {
    tagging: new ResourceGroupsTaggingAPIClient(config),
    iam: new IAMClient(config),
    account: new AccountClient(config),
  };
  onTestFinished(() => Object.values(clients).forEach((client) => client.destroy()));
  return clients;
}
