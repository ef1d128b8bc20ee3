import type { Clock } from '../../pipeline/ports/clock.ts';
import type { RateGovernor } from './rate-governor.ts';
import type { AskJira } from '../http/transport.ts';

/** The dependencies of every call to Jira. */
export interface JiraCalls {
  readonly ask: AskJira;
  readonly governor: RateGovernor;
  readonly clock: Clock;
}
