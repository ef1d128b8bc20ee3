import { nextRevision, readPointer, revisionWrites } from '../../../src/pipeline/rulebook/rule-revisions.ts';
import type { Store } from '../../../src/pipeline/ports/store.ts';
import { ruleChanges } from '../../../src/rules/rule-changes.ts';
import { rulesOf } from '../findings/parsed.ts';

/** Writes the next revision of the rules straight into the store: nothing is checked, and no pass is asked for. */
export async function putRules(store: Store, rules: readonly unknown[]): Promise<void> {
  const pointer = await readPointer(store);
  const { ruleSet } = rulesOf(rules);
  const revision = await nextRevision(store, pointer?.doc.revision ?? 0);
  const saved = { revision, savedAt: await store.now(), savedBy: 'test', comment: null, base: null, changes: ruleChanges(null, ruleSet) };
  const result = await store.commit(revisionWrites(pointer, saved, ruleSet));
  if (!result.ok) throw new Error(`The rules were not saved: ${result.because}`);
}
