import type { FindingKey } from '../../findings/finding.ts';
import type { KnownAccounts } from '../../rules/known-accounts.ts';
import type { RuleSet } from '../../rules/routing-rule.ts';
import type { AdaptiveRateLimiter } from './rate-limiter.ts';
import type { AwsAccess } from './aws-access.ts';
import type { Clock } from './clock.ts';
import type { Diagnose } from './doctor-check.ts';
import type { Enricher, LearnFacts } from './enricher.ts';
import type { PartRoute } from './part-route.ts';
import type { Emit } from './service-event.ts';
import type { Collection, Store } from './store.ts';

/**
 * An optional feature in a folder of its own under `src/parts`, which exports it as `part`. The service works without any of them: a part is
 * imported only if one of its variables is set, so that one which is off has no timer, metric, route or right in AWS.
 */
export interface Part {
  readonly name: string;
  /** The environment variables that turn it on. */
  readonly settings: readonly string[];
  /** The rights that it needs in AWS, in the words of IAM. */
  readonly permissions: readonly string[];
  /** The collections that it alone writes. */
  readonly collections: readonly Pick<Collection<never>, 'name'>[];
  /** Composes it. Nothing runs before its enricher is started. */
  start(ports: PartPorts): RunningPart;
}

export interface RunningPart {
  readonly name: string;
  readonly enricher: Enricher;
  readonly diagnose: Diagnose;
  readonly routes: readonly PartRoute[];
}

/** What the service hands to a part. */
export interface PartPorts extends PipelinePorts {
  /** The values of its variables that are set, by name. */
  readonly settings: Readonly<Record<string, string>>;
  readonly aws: AwsAccess;
}

/** What the pipeline hands to a part. */
export interface PipelinePorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly learn: LearnFacts;
  /** The rules in force, and what AWS Organizations says of accounts. */
  rules(): Promise<{ readonly ruleSet: RuleSet; readonly accounts: KnownAccounts }>;
  /** What the service knows of findings, in the order asked; null: it knows no such finding. */
  stateOf(keys: readonly FindingKey[]): Promise<readonly (FindingState | null)[]>;
  /** A rate of calls that all replicas share. @param of the calls, such as `actor` @param perSecond the usual rate of each lane */
  limiter(of: string, perSecond: number): AdaptiveRateLimiter;
  followDue: FollowDue;
}

/** What a part may know of a finding that it is not asked about. */
export interface FindingState {
  /** Its access is open, and the rules send it to Jira. */
  readonly isOpen: boolean;
  readonly resourceType: string;
  /** Whether any source names the owner of its resource. */
  readonly hasOwner: boolean;
}

/**
 * Works off the due documents of a collection, one after the other in each lane, the longest waiting first.
 * @param stopping ends it; the promise resolves when the work under way has ended
 */
export type FollowDue = (work: DueWork, stopping: AbortSignal) => Promise<void>;

export interface DueWork {
  /** For the log. */
  readonly name: string;
  /** Its due documents are worked off by id. */
  readonly collection: Collection<never>;
  /** What has a rate of its own, such as a Region. Lanes are worked off at the same time. */
  readonly laneOf: (id: string) => string;
  readonly limiter: AdaptiveRateLimiter;
  /** @returns `paused`: the lane rests until the next look */
  readonly follow: (id: string) => Promise<'done' | 'paused'>;
}
