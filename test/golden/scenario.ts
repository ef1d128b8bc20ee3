import type { JiraSimulatorOptions } from '../../src/sandbox/jira-simulator.ts';
import type { ServiceParts } from '../support/service/service-parts.ts';
import type { GoldenSite } from './golden-site.ts';

/** A story from an empty store and an empty Jira on. */
export interface Scenario {
  readonly name: string;
  /** How its Jira differs from the usual one. */
  readonly jira?: JiraSimulatorOptions;
  /** @returns the parts whose admin API is asked in the end */
  run(site: GoldenSite): Promise<ServiceParts>;
}
