import type { RuleSet } from '../../rules/routing-rule.ts';
import { RULE_REVISIONS, type RuleRevision } from '../records/rule-collections.ts';
import type { Emit } from '../ports/service-event.ts';
import { readRuleSet } from './rule-revisions.ts';
import type { Store } from '../ports/store.ts';

/** A copy of each revision outside the store, since rules can't be read back from AWS or Jira. */
export interface RulesExport {
  has(revision: number): Promise<boolean>;
  /** Writes it whole or not at all. @throws when the disk refuses it */
  write(revision: RuleRevision, rules: RuleSet): Promise<void>;
}

/** More revisions than are saved between two starts. */
const MAX_REVISIONS = 100;

/** Exports the revisions that a dead process did not, from the newest on. */
export async function exportMissing(store: Store, to: RulesExport, emit: Emit): Promise<void> {
  const { items } = await store.page(RULE_REVISIONS, { terms: [], limit: MAX_REVISIONS });
  for (const { doc } of items) {
    if (await to.has(doc.revision)) return;
    const rules = await readRuleSet(store, doc.revision);
    if (rules !== null) await exportRevision(to, doc, rules, emit);
  }
}

/** Exports a revision. A failure is only reported, since the store has the revision. */
export async function exportRevision(to: RulesExport, revision: RuleRevision, rules: RuleSet, emit: Emit): Promise<void> {
  try {
    await to.write(revision, rules);
  } catch (error) {
    emit({ what: 'rules-not-exported', revision: revision.revision, message: error instanceof Error ? error.message : String(error) });
  }
}
