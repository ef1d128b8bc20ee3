import { AccessAnalyzerClient } from '@aws-sdk/client-accessanalyzer';
import { onTestFinished } from 'vitest';
import { createAccessAnalyzer, type AccessAnalyzerOptions } from '../../../src/intake/access-analyzer.ts';
import { DIRECT } from './direct-network.ts';
import type { AnalyzerSource } from '../../../src/pipeline/ports/analyzer-source.ts';
import type { DetailsSource } from '../../../src/pipeline/ports/details-source.ts';
import {
  startAccessAnalyzerSimulator,
  type AccessAnalyzerSimulator,
  type AccessAnalyzerSimulatorOptions,
} from '../../../src/sandbox/access-analyzer/access-analyzer-simulator.ts';

/** A simulator that ends with the test. */
export async function openAnalyzer(options: AccessAnalyzerSimulatorOptions = {}): Promise<AccessAnalyzerSimulator> {
  const simulator = await startAccessAnalyzerSimulator(options);
  onTestFinished(() => simulator.close());
  return simulator;
}

/** The SDK's own client on it, without retries; ends with the test. */
export function sdkClient(simulator: AccessAnalyzerSimulator, region = 'us-west-2'): AccessAnalyzerClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new AccessAnalyzerClient({ endpoint: simulator.url, region, credentials, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  return client;
}

/** The list of GetFindingV2 for services with these numbers of unused actions; 0: the whole service. */
export function unusedServices(
  ...actions: readonly number[]
): { unusedPermissionDetails: { serviceNamespace: string; actions?: { action: string }[] } }[] {
  return actions.map((count, service) => ({
    unusedPermissionDetails: {
      serviceNamespace: `service${service}`,
      ...(count === 0 ? {} : { actions: Array.from({ length: count }, (_, action) => ({ action: `Action${action}` })) }),
    },
  }));
}

/** A step that replaces a policy. */
export function policyStep(policy: string): {
  unusedPermissionsRecommendedStep: { recommendedAction: string; recommendedPolicy: string; existingPolicyId: string };
} {
  return {
    unusedPermissionsRecommendedStep: {
      recommendedAction: 'CREATE_POLICY',
      recommendedPolicy: policy,
      existingPolicyId: 'arn:aws:iam::444455556666:policy/Reporting',
    },
  };
}

/** The service's own adapter on a simulator, by the environment as in every deployment; both end with the test. */
export function detailsSource(
  simulator: AccessAnalyzerSimulator,
  options: Partial<AccessAnalyzerOptions> = {},
): DetailsSource & AnalyzerSource {
  useEnvironment({ AWS_ENDPOINT_URL_ACCESSANALYZER: simulator.url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  const source = createAccessAnalyzer({
    agents: DIRECT.agents,
    log: { warn: () => undefined },
    sleep: () => Promise.resolve(),
    ...options,
  });
  onTestFinished(() => source.close());
  return source;
}

/** Sets variables for this test; undefined: not set. */
export function useEnvironment(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
    onTestFinished(() => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    });
  }
}
