/**
 * Names of assumptions of the protocol that the simulated Jira can break, each alone. Names and meanings are those of docs/assumptions.md;
 * break-assumptions.ts says how.
 */
export const BROKEN_ASSUMPTIONS = [
  'create-answer',
  'create-property',
  'creator-ours',
  'creator-fixed',
  'key-numbers',
  'not-found',
  'read-fresh',
  'bulk-fetch-fresh',
  'bulk-fetch-numbers',
  'search-lag',
  'label-search',
  'search-property',
  'updated-search',
  'creator-search',
  'label-delta',
  'edit-off-screen',
  'comment-found',
  'property-put',
  'property-in-edit',
  'transition-list',
  'transition-answer',
  'transition-comment',
  'transition-resolution',
  'stale-transition',
  'history-author',
  'history-fresh',
  'history-fields',
  'rate-headers',
] as const;

export type BrokenAssumption = (typeof BROKEN_ASSUMPTIONS)[number];
