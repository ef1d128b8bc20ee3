import type { WireChangelog } from '../http/wire.ts';

/** Who last changed a field. `unclear`: Jira gave only a part of the history, and the change may be in the rest. */
export type Hand = 'ours' | 'theirs' | 'nobody' | 'unclear';

/** Fields that have another name in the history. */
const OTHER_NAMES: Readonly<Record<string, string>> = { Component: 'components' };

/**
 * Reads from an issue's history who last changed a field. Any account but ours is a person's, or acts for one.
 * The order of the entries is not documented, so it is derived from the entries; of a long history Jira gives a part.
 */
export function changedBy(changelog: WireChangelog, field: string, ownAccount: string): Hand {
  const { histories, total } = changelog;
  const isWhole = histories.length >= total;
  const [newest] = changesOf(changelog, field);
  if (newest === undefined) return isWhole ? 'nobody' : 'unclear';
  // A change of ours may follow in the missing part, but not one that we would have made knowingly.
  if (newest.author?.accountId !== ownAccount) return 'theirs';
  return isWhole || isNewestFirst(histories) ? 'ours' : 'unclear';
}

/** When a field was last changed as far as the history shows, epoch ms of Jira's clock; null: never. */
export function changedAt(changelog: WireChangelog, field: string): number | null {
  const [newest] = changesOf(changelog, field);
  return newest === undefined ? null : timeOf(newest);
}

/** When an account last changed a field, as far as Jira gave the history; epoch ms of Jira's clock, null: not in there. */
export function changedByAt(changelog: WireChangelog, field: string, account: string): number | null {
  const newest = changesOf(changelog, field).find(({ author }) => author?.accountId === account);
  return newest === undefined ? null : timeOf(newest);
}

/** The newest first. */
function changesOf({ histories }: WireChangelog, field: string): WireChangelog['histories'] {
  return histories
    .filter(({ items }) => items.some((item) => (item.fieldId ?? OTHER_NAMES[item.field] ?? item.field) === field))
    .toSorted((a, b) => timeOf(b) - timeOf(a));
}

function isNewestFirst(histories: WireChangelog['histories']): boolean {
  const [first, last] = [histories[0], histories.at(-1)];
  return first !== undefined && last !== undefined && timeOf(first) > timeOf(last);
}

function timeOf({ created }: WireChangelog['histories'][number]): number {
  return Date.parse(created);
}
