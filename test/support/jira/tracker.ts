import { createJiraTracker, type JiraTracker } from '../../../src/jira/jira-tracker.ts';
import type { Clock } from '../../../src/pipeline/ports/clock.ts';
import type { JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import { directFetch } from '../servers/direct-network.ts';
import { BASIC, systemClock } from './scripted-jira.ts';

/** The real tracker, with a governor that lets everything through. @param jira a simulator, or the address of a scripted server */
export function trackerOf(jira: JiraSimulator | string, clock: Clock = systemClock): JiraTracker {
  return createJiraTracker({
    baseUrl: typeof jira === 'string' ? jira : jira.url,
    credentials: typeof jira === 'string' ? BASIC : { kind: 'basic', email: jira.credentials.email, apiToken: jira.credentials.apiToken },
    fetch: directFetch,
    requestsPerSecond: 10_000,
    maxInFlight: 8,
    timeoutMs: 5_000,
    clock,
    lease: null,
    random: () => 0.5,
    onDenied: () => undefined,
    onWaited: () => undefined,
    onCall: () => undefined,
  });
}
