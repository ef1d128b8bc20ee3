import { ruleChanges, type RuleChanges } from '../../rules/rule-changes.ts';
import type { RuleSet } from '../../rules/routing-rule.ts';
import { RULE_REVISIONS, RULE_SETS, RULES, type RuleRevision, type RulesRecord } from '../records/rule-collections.ts';
import { put, type Store, type Stored, type Write } from '../ports/store.ts';

/** The id of the one document that names the revision in force. */
const CURRENT = 'current';

/** The rules file as an author, in the audit and the history. */
export const RULES_FILE = 'rules-file';

/** @returns null where the store has no rules */
export async function readPointer(store: Store): Promise<Stored<RulesRecord> | null> {
  return (await store.read(RULES, [CURRENT]))[0] ?? null;
}

/** Who saved a revision. @returns null when the store has no revision of this number */
export async function readRevision(store: Store, revision: number): Promise<RuleRevision | null> {
  return (await store.read(RULE_REVISIONS, [String(revision)]))[0]?.doc ?? null;
}

/** The rules of a revision. @returns null when the store has no revision of this number */
export async function readRuleSet(store: Store, revision: number): Promise<RuleSet | null> {
  return (await store.read(RULE_SETS, [String(revision)]))[0]?.doc.rules ?? null;
}

/** The changes since a revision. @returns null when the store has no revision of this number */
export async function changesSince(store: Store, revision: number, now: RuleSet): Promise<RuleChanges | null> {
  const then = await readRuleSet(store, revision);
  return then === null ? null : ruleChanges(then, now);
}

/** A number that no revision has had: a store that was set back may have revisions after the one in force. */
export async function nextRevision(store: Store, current: number): Promise<number> {
  const { items } = await store.page(RULE_REVISIONS, { terms: [], limit: 1 });
  return Math.max(current, items[0]?.doc.revision ?? 0) + 1;
}

/**
 * The writes of one commit that put a revision in force.
 * @param pointer as it was read; null: there was none
 * @param isKept the revision and its rules are in the store already
 */
export function revisionWrites(
  pointer: Stored<RulesRecord> | null,
  revision: RuleRevision,
  rules: RuleSet,
  isKept = false,
): readonly Write[] {
  const id = String(revision.revision);
  return [
    put(RULES, CURRENT, pointer?.version ?? null, { revision: revision.revision }),
    ...(isKept ? [] : [put(RULE_REVISIONS, id, null, revision), put(RULE_SETS, id, null, { rules })]),
  ];
}
