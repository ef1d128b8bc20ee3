import { findingKey } from '../../findings/finding.ts';
import type { AcceptFinding } from '../accept/accept-finding.ts';
import type { ListedFinding } from '../ports/analyzer-source.ts';
import type { Store } from '../ports/store.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { readReadable } from '../records/read-readable.ts';
import { skipUnreadable } from '../records/skip-unreadable.ts';
import { listedObservation } from './listed-observation.ts';
import type { ListingCounts } from '../records/listing-position.ts';

export interface TakePageDeps {
  readonly store: Store;
  readonly accept: AcceptFinding;
  /** Null: all. */
  readonly allowedAccounts: ReadonlySet<string> | null;
}

export interface AskedHow {
  /** When AWS was asked; store's clock, epoch ms. */
  readonly askedAt: number;
  /** Only counts. */
  readonly dryRun: boolean;
}

type PageCounts = Pick<ListingCounts, 'listed' | 'added' | 'changed' | 'unreadable' | 'notAllowed'>;

/** Accepts what a page of a listing has that is not known. Again without harm, as after a kill in its middle. */
export function createTakePage(
  deps: TakePageDeps,
): (analyzerArn: string, listed: readonly ListedFinding[], how: AskedHow) => Promise<PageCounts> {
  return async (analyzerArn, listed, { askedAt, dryRun }) => {
    const stored = await readReadable(
      deps.store,
      FINDINGS,
      listed.map(({ findingId }) => findingKey(analyzerArn, findingId)),
    );
    const known = new Map(stored.map(({ id, doc }) => [id, doc.finding]));
    const counts = { listed: listed.length, added: 0, changed: 0, unreadable: 0, notAllowed: 0 };
    const asked = new Date(askedAt).toISOString();
    for (const { findingId, event } of listed) {
      const news = listedObservation(known.get(findingKey(analyzerArn, findingId)) ?? null, event, asked, askedAt);
      if (news.is === 'known') continue;
      if (news.is === 'unreadable') {
        counts.unreadable += 1;
        continue;
      }
      const { observation } = news;
      if (deps.allowedAccounts !== null && !deps.allowedAccounts.has(observation.accountId)) {
        counts.notAllowed += 1;
        continue;
      }
      if (!dryRun) await skipUnreadable(() => deps.accept(observation, 'sweep'));
      counts[news.is === 'new' ? 'added' : 'changed'] += 1;
    }
    return counts;
  };
}
