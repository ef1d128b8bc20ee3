import type { FindingKey } from '../../findings/finding.ts';
import { overdueFrom } from '../../issues/due-date.ts';
import type { Collection } from '../ports/store.ts';
import { BY_ID } from './by-id.ts';
import type { FindingRecord } from './finding-record.ts';
import { findingTerms } from './finding-terms.ts';

/** Finding records, by finding key. One is due when its issue becomes overdue. */
export const FINDINGS: Collection<FindingRecord> = {
  name: 'findings',
  terms: findingTerms,
  at: ({ firstSeenAt }) => firstSeenAt,
  due: ({ mapping: { due } }) => (due === undefined || due.passed ? null : overdueFrom(due.date)),
  fields: {
    finding: 'object',
    group: 'string',
    severity: 'string',
    decision: 'object',
    mapping: 'object',
    history: 'list',
    firstSeenAt: 'number',
    updatedAt: 'number',
  },
};

/** The finding that an id and a resource mean when the analyzer is unknown. */
export interface FindingName {
  readonly key: FindingKey;
}

/** By finding id and resource; the first finding of that name has it. */
export const FINDING_NAMES: Collection<FindingName> = { name: 'finding-names', ...BY_ID, fields: { key: 'string' } };
