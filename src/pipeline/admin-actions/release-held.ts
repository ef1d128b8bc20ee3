import type { GroupKey } from '../../issues/group-key.ts';
import { changeGroup, type GroupChanging } from '../groups/change-group.ts';
import { countFindings, eachPageOfFindings } from '../records/find-findings.ts';
import { skipUnreadable } from '../records/skip-unreadable.ts';
import { termsIn } from '../operations/operation-input.ts';
import type { RunOperation } from '../operations/run-operation.ts';

/** Findings whose group is held. */
export const HELD = 'state:held';

/**
 * Releases the groups of held findings that carry the terms of the operation's input: neither a pause nor a limit holds them
 * until nothing is left to do for them.
 */
export function createReleaseHeld(deps: GroupChanging): RunOperation {
  const { store } = deps;

  /** @returns false: the group was no longer held */
  async function release(group: GroupKey, by: string): Promise<boolean> {
    const changed = await changeGroup<'not-held'>(deps, group, ({ record }) => {
      if (record.last?.because !== 'paused' && record.last?.because !== 'over-limit') return { refused: 'not-held' };
      return {
        next: { ...record, released: true, last: null },
        note: { what: 'released', because: `by ${by}`, issueKey: record.issue?.key ?? null },
      };
    });
    return changed.changed;
  }

  return async (run) => {
    const terms = termsIn(run.input);
    if (run.cursor === null) await run.progress({ total: await countFindings(store, terms) });
    const seen = new Set<GroupKey>();
    let [{ done }, released] = [run, 0];
    for await (const { items, nextCursor } of eachPageOfFindings(store, terms, typeof run.cursor === 'string' ? run.cursor : null)) {
      for (const { doc } of items) {
        if (!seen.has(doc.group) && (await skipUnreadable(() => release(doc.group, run.startedBy))) === true) released += 1;
        seen.add(doc.group);
        done += 1;
        await run.progress({ done, result: { released } });
      }
      if (nextCursor !== null) await run.progress({ cursor: nextCursor });
    }
    return { released };
  };
}
