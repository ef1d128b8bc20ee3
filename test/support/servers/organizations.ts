import { DIRECT } from './direct-network.ts';
import { onTestFinished } from 'vitest';
import { createOrganizations, type OrganizationsOptions } from '../../../src/intake/organizations.ts';
import type { AccountsSource } from '../../../src/pipeline/ports/accounts-source.ts';
import {
  startOrganizationsSimulator,
  type OrganizationsSimulator,
  type OrganizationsSimulatorOptions,
  type SimulatedAccount,
} from '../../../src/sandbox/organizations/organizations-simulator.ts';
import { useEnvironment } from './access-analyzer.ts';

export const [ROOT, DATA, TEAM] = ['r-root', 'ou-root-datadata', 'ou-root-teamteam'] as const;

/** @param path from the root down */
export function simulatedAccount(id: string, name: string, path: SimulatedAccount['path'] = [ROOT]): SimulatedAccount {
  return { id, name, state: 'ACTIVE', path };
}

/** A simulator, and the service's own adapter on it, by the environment as in every deployment; both end with the test. */
export async function openOrganizations(
  options: OrganizationsSimulatorOptions & Partial<OrganizationsOptions> = {},
): Promise<{ simulator: OrganizationsSimulator; source: AccountsSource; waits: number[] }> {
  const simulator = await startOrganizationsSimulator(options);
  onTestFinished(() => simulator.close());
  useEnvironment({
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL_ORGANIZATIONS: simulator.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  const waits: number[] = [];
  const sleep = (ms: number): Promise<void> => {
    waits.push(ms);
    return Promise.resolve();
  };
  return { simulator, source: createOrganizations({ agents: DIRECT.agents, log: { warn: () => undefined }, sleep, ...options }), waits };
}
