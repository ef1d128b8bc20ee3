import type { RuleSet } from '../../rules/routing-rule.ts';
import type { RuleChanges } from '../../rules/rule-changes.ts';
import type { Collection } from '../ports/store.ts';
import { BY_ID } from './by-id.ts';

/** The revision of the rules that is in force. */
export interface RulesRecord {
  readonly revision: number;
}

/** One document, `current`. */
export const RULES: Collection<RulesRecord> = { name: 'rules', ...BY_ID, fields: { revision: 'number' } };

/** Who saved a revision of the rules, and what it changed. Revision 1 came from the rules file. */
export interface RuleRevision {
  readonly revision: number;
  /** Store's clock, epoch ms. */
  readonly savedAt: number;
  /** Name of the token; `local` where none is needed, `rules-file` for the rules file. */
  readonly savedBy: string;
  /** Why, in the words of its author. */
  readonly comment: string | null;
  /** The revision that it was based on; null: none. */
  readonly base: number | null;
  readonly changes: RuleChanges;
}

/** By revision, as text, and in that order. */
export const RULE_REVISIONS: Collection<RuleRevision> = {
  name: 'rule-revisions',
  terms: ({ savedBy }) => [`savedBy:${savedBy}`],
  at: ({ revision }) => revision,
  due: () => null,
  fields: { revision: 'number', savedAt: 'number', savedBy: 'string', changes: 'object' },
};

/** The rules of a revision, kept apart since they may be megabytes. */
export interface RuleSetRecord {
  readonly rules: RuleSet;
}

/** By revision, as text. */
export const RULE_SETS: Collection<RuleSetRecord> = { name: 'rule-sets', ...BY_ID, fields: { rules: 'object' } };
