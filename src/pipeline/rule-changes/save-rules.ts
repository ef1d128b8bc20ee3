import { isUnchanged, ruleChanges, type RuleChanges } from '../../rules/rule-changes.ts';
import { auditWrite, type AskedBy } from '../records/audit.ts';
import type { CheckDraft, CheckedDraft, Draft, DraftProblem } from './check-draft.ts';
import type { RuleRevision } from '../records/rule-collections.ts';
import type { Emit } from '../ports/service-event.ts';
import type { Operations } from '../operations/operations.ts';
import type { RuleBook, Rules } from '../rulebook/rule-book.ts';
import { changesSince, nextRevision, readPointer, readRevision, revisionWrites } from '../rulebook/rule-revisions.ts';
import { exportRevision, type RulesExport } from '../rulebook/rules-export.ts';
import type { Impact } from './rules-impact.ts';
import { reconcileChangedInput } from './reconcile-changed.ts';
import type { Store, Write } from '../ports/store.ts';

/**
 * Saves a rule set as the next revision: the set, its revision, the audit entry and the operation that reconciles what it touches, in one commit.
 * Nothing is half saved. @throws StoreUnavailable nothing was saved
 */
export type SaveRules = (wanted: SaveWanted) => Promise<SaveOutcome>;

export interface SaveWanted extends Draft {
  /** The revision that the draft is based on. */
  readonly base: number;
  readonly by: AskedBy;
  /** Action and target of the audit entry. */
  readonly action: string;
  readonly target: string;
  /** Why, in the words of its author. */
  readonly comment: string | null;
  /** Nothing is saved: the outcome is what a save would change. Absent: false. */
  readonly dryRun?: boolean;
  /** Further writes of the commit. A conflict with one of them is answered as `overtaken`. */
  readonly alongside?: (saved: Saved, now: number) => readonly Write[];
}

export interface Saved {
  readonly revision: RuleRevision;
  readonly warnings: readonly DraftProblem[];
  /** The operation that reconciles what the change touches; null: the rules are unchanged, and no revision was made. */
  readonly operation: string | null;
}

/** What a save would change. */
export interface PlannedSave {
  /** The revision that it would be based on. */
  readonly base: number;
  readonly changes: RuleChanges;
  readonly warnings: readonly DraftProblem[];
  /** Null: the rules are the same, or the impact was not measured. */
  readonly impact: Impact | null;
}

export type SaveOutcome =
  | ({ readonly saved: true } & Saved)
  /** A dry run; the draft could be saved. */
  | { readonly saved: false; readonly because: 'dry-run'; readonly planned: PlannedSave }
  /** Another save was first. `changes`: the changes since the base; null: the base is not known. */
  | { readonly saved: false; readonly because: 'stale'; readonly revision: number; readonly changes: RuleChanges | null }
  | { readonly saved: false; readonly because: 'overtaken' }
  | { readonly saved: false; readonly because: 'refused'; readonly refusal: CheckedDraft & { readonly ok: false } };

/** What a save changes, and what the check of its draft warns about. */
type Checked = Pick<PlannedSave, 'changes' | 'warnings'>;

export interface SaveRulesDeps {
  readonly store: Store;
  readonly rules: RuleBook;
  readonly operations: Operations;
  readonly check: CheckDraft;
  /** Null: revisions are kept in the store alone. */
  readonly rulesExport: RulesExport | null;
  readonly emit: Emit;
}

export function createSaveRules(deps: SaveRulesDeps): SaveRules {
  const { store, rules, operations, emit } = deps;

  /** @returns `again` when another writer was first, unless it was with a write of the caller's own */
  async function commit(wanted: SaveWanted, current: Rules, { changes, warnings }: Checked): Promise<SaveOutcome | 'again'> {
    const { by, comment } = wanted;
    const { ruleSet } = wanted.rules;
    const pointer = await readPointer(store);
    if (pointer?.doc.revision !== current.revision) return 'again';
    const now = await store.now();
    const number = await nextRevision(store, current.revision);
    const revision: RuleRevision = { revision: number, savedAt: now, savedBy: by.actor, comment, base: current.revision, changes };
    const operation = operations.prepare(
      { kind: 'rules-reconcile', input: reconcileChangedInput(current.revision, number), startedBy: by.actor },
      now,
    );
    const saved: Saved = { revision, warnings, operation: operation.id };
    const { action, target } = wanted;
    const entry = { action, target, before: { revision: current.revision }, after: { revision: number, comment, changes } };
    const alongside = wanted.alongside?.(saved, now) ?? [];
    const result = await store.commit([
      ...revisionWrites(pointer, revision, ruleSet),
      auditWrite(by, entry, now),
      operation.write,
      ...alongside,
    ]);
    if (!result.ok) return alongside.some(({ id }) => id === result.id) ? { saved: false, because: 'overtaken' } : 'again';
    operation.begin();
    emit({ what: 'rules-saved', revision: number, by: by.actor });
    if (deps.rulesExport !== null) await exportRevision(deps.rulesExport, revision, ruleSet, emit);
    return { saved: true, ...saved };
  }

  return async (wanted) => {
    for (;;) {
      const current = await rules.current();
      const { revision } = current;
      if (revision !== wanted.base)
        return { saved: false, because: 'stale', revision, changes: await changesSince(store, wanted.base, current.compiled.ruleSet) };
      const known = await readRevision(store, revision);
      const changes = ruleChanges(current.compiled.ruleSet, wanted.rules.ruleSet);
      if (isUnchanged(changes) && known !== null)
        return wanted.dryRun === true
          ? { saved: false, because: 'dry-run', planned: { base: revision, changes, warnings: [], impact: null } }
          : { saved: true, revision: known, warnings: [], operation: null };
      const checked = await deps.check(wanted, current);
      if (!checked.ok) return { saved: false, because: 'refused', refusal: checked };
      const { warnings, impact } = checked;
      if (wanted.dryRun === true) return { saved: false, because: 'dry-run', planned: { base: revision, changes, warnings, impact } };
      const outcome = await commit(wanted, current, { changes, warnings });
      if (outcome !== 'again') return outcome;
    }
  };
}
