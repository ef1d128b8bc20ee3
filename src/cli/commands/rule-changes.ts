import { Type, type Static } from 'typebox';

const Ids = Type.Object({ count: Type.Integer(), ids: Type.Array(Type.String()) });

/** The differences between two rule sets, as the API says them. */
export const RuleChanges = Type.Object({
  added: Ids,
  removed: Ids,
  changed: Ids,
  moved: Ids,
  besides: Type.Array(Type.String()),
});

export type RuleChanges = Static<typeof RuleChanges>;

const KINDS = ['added', 'removed', 'changed', 'moved'] as const;

/** In one line, such as `2 added, 1 moved, tests`. */
export function changeWords(changes: RuleChanges): string {
  const parts = KINDS.filter((kind) => changes[kind].count > 0).map((kind) => `${changes[kind].count} ${kind}`);
  return [...parts, ...changes.besides].join(', ') || 'none';
}

/** A line for each kind, with the ids of the rules. The text is not yet safe. */
export function changeLines(changes: RuleChanges): readonly string[] {
  const lines = KINDS.filter((kind) => changes[kind].count > 0).map((kind) => {
    const { count, ids } = changes[kind];
    return `${kind}: ${ids.join(', ')}${count > ids.length ? ` and ${count - ids.length} more` : ''}`;
  });
  return changes.besides.length === 0 ? lines : [...lines, `changed besides rules: ${changes.besides.join(', ')}`];
}

/** True where nothing differs. */
export function isUnchanged(changes: RuleChanges): boolean {
  return KINDS.every((kind) => changes[kind].count === 0) && changes.besides.length === 0;
}
