import type { DoctorCheck } from '../../pipeline/ports/doctor-check.ts';
import type { RateReason } from '../../pipeline/ports/rate-lease.ts';
import type { GovernorState } from '../rate/rate-governor.ts';

/** With less than this, calls per second, work of a usual size takes days. */
const POOR = 1;

const BECAUSE: Readonly<Record<RateReason, string>> = {
  start: 'nothing is learned yet',
  refused: 'Jira has refused more',
  'same-refusals': 'Jira has refused more',
  announced: 'more would be too near to the limit that Jira announces',
  ceiling: 'JIRA_REQUESTS_PER_SECOND allows no more',
  'near-limit': 'Jira warns that a limit is near',
  raised: 'it grows while Jira refuses none',
  'not-used': 'no more was needed lately',
};

/** What the service has learned about the rate of calls. Asks Jira nothing. */
export function checkRate({ callsPerSecond: { of, because } }: Pick<GovernorState, 'callsPerSecond'>): DoctorCheck {
  const check = 'jira-rate';
  const message = `All replicas together may make ${of} calls a second: ${BECAUSE[because]}`;
  if (of >= POOR) return { check, ok: true, message, advice: null };
  return { check, ok: false, message, advice: 'Find the other client that uses up the limit of the site, which all its clients share' };
}
