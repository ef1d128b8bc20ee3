import type { Collection } from '../ports/store.ts';
import type { AnalyzerRecord, ListedRecord } from './analyzer-record.ts';

/** The term of analyzers with a problem or an alarm. */
export const IN_TROUBLE = 'in-trouble';

/** By the analyzer's ARN. */
export const ANALYZERS: Collection<AnalyzerRecord> = {
  name: 'analyzers',
  terms: ({ problem, alarm }) => (problem === null && alarm === null ? [] : [IN_TROUBLE]),
  at: ({ firstSeenAt }) => firstSeenAt,
  due: () => null,
  fields: {
    firstSeenAt: 'number',
    lastEventAt: 'number or null',
    chosenAt: 'number or null',
    completeAt: 'number or null',
    othersAt: 'number or null',
    missing: 'string',
  },
};

/** By the analyzer's ARN and the number of the page; removed when the listing has ended. */
export const LISTED: Collection<ListedRecord> = {
  name: 'listed',
  terms: () => [],
  at: () => 0,
  due: () => null,
  fields: { ids: 'string' },
};
