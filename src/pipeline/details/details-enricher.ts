import type { Enricher } from '../ports/enricher.ts';
import { DETAILS } from '../records/details-collections.ts';
import type { RuleBook } from '../rulebook/rule-book.ts';
import { isNothing } from '../../findings/details-need.ts';
import { needOf } from '../groups/details-need.ts';
import type { DetailsFetcher } from './details-fetcher.ts';
import { wantDetails, type WantingDetails } from './want-details.ts';

export interface DetailsEnricherDeps extends WantingDetails {
  readonly rules: RuleBook;
  /** Null: there is no source of details. */
  readonly fetcher: Pick<DetailsFetcher, 'start' | 'stop'> | null;
}

/**
 * The enricher of what events lack. Its answers are observations of the finding itself, so it knows no facts beside them: whether they are
 * awaited is the state of the finding's details.
 */
export function createDetailsEnricher(deps: DetailsEnricherDeps): Enricher {
  const { store, rules, fetcher } = deps;
  return {
    name: 'details',
    async want(members, now) {
      const book = await rules.current();
      const needing = members
        .map(({ finding, decision }) => ({ finding, need: needOf(finding, decision, book) }))
        .filter(({ need }) => !isNothing(need));
      if (needing.length === 0) return false;
      const records = await store.read(
        DETAILS,
        needing.map(({ finding }) => finding.key),
      );
      return wantDetails(
        deps,
        needing.map((member, at) => ({ ...member, detailsRecord: records[at] ?? null })),
        now,
      );
    },
    known: () => Promise.resolve(new Map()),
    start: () => fetcher?.start(),
    stop: () => fetcher?.stop() ?? Promise.resolve(),
  };
}
