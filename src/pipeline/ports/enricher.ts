import type { Finding, FindingKey } from '../../findings/finding.ts';
import type { KnownFacts } from '../../issues/facts/facts.ts';
import type { Member } from '../../issues/plan-step.ts';
import type { Write } from './store.ts';

/** A member of a group as an enricher sees it: it may ask about findings that the rules send to Jira only. */
export type EnrichedMember = Pick<Member, 'finding' | 'decision'>;

/**
 * A source of facts about findings. It works beside reconciling, which never waits for it but for the bound before a create, and keeps what it
 * knows in a collection of its own. One that is late or fails is simply absent.
 */
export interface Enricher {
  /** Named in the log when it fails. */
  readonly name: string;
  /**
   * Records what is to be found out about a group's findings. Every pass asks, whatever made it necessary.
   * @param now store's clock, epoch ms
   * @returns true: something was written, so the group is read again
   */
  want(members: readonly EnrichedMember[], now: number): Promise<boolean>;
  /** What it knows of these findings; those that it knows nothing of may be left out. */
  known(findings: readonly Finding[]): Promise<ReadonlyMap<FindingKey, KnownFacts>>;
  /** Begins to work off what was wanted. */
  start(): void;
  /** Aborts the calls under way; resolves when they have ended. */
  stop(): Promise<void>;
}

/**
 * Writes what an enricher has learned, with an entry in the finding's history, and asks for a pass over its group, all in one commit: a crash
 * loses none of them. The entry names no person: a history is kept for longer than facts are.
 * @param because the entry; null: the history says nothing
 * @returns false when another writer changed the documents first, so that nothing was written
 */
export type LearnFacts = (key: FindingKey, because: string | null, alongside: readonly Write[]) => Promise<boolean>;
