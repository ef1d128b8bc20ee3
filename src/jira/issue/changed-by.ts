import type { WireChangelog } from '../http/wire.ts';

/** Who last changed a field. `unclear`: Jira gave only a part of the history, and the change may be in the rest. */
export type Hand = 'ours' | 'theirs' | 'nobody' | 'unclear';

/** Jira shows no more entries of a history at once. Counts where an answer lacks their total. */
const MAX_SHOWN = 100;

/** Fields that have another name in the history. */
const OTHER_NAMES: Readonly<Record<string, string>> = { Component: 'components' };

/**
 * Reads from an issue's history who last changed a field. Any account but ours is a person's, or acts for one.
 * The order of the entries is not documented, so it is derived from the entries; of a long history Jira gives a part.
 */
export function changedBy(changelog: WireChangelog, field: string, ownAccount: string): Hand {
  const { histories, total } = changelog;
  const isWhole = total === undefined ? histories.length < MAX_SHOWN : histories.length >= total;
  const changes = changesOf(changelog, field);
  const [newest] = changes;
  if (newest === undefined) return isWhole ? 'nobody' : 'unclear';
  const isOrdered = changes.every((change) => !Number.isNaN(timeOf(change)));
  if (!isOrdered && new Set(changes.map(({ author }) => author?.accountId === ownAccount)).size > 1) return 'unclear';
  // A change of ours may follow in the missing part, but not one that we would have made knowingly.
  if (newest.author?.accountId !== ownAccount) return 'theirs';
  return isWhole || isNewestFirst(histories) ? 'ours' : 'unclear';
}

/** When a field was last changed as far as the history shows, epoch ms of Jira's clock; null: never. */
export function changedAt(changelog: WireChangelog, field: string): number | null {
  return newestTime(changesOf(changelog, field));
}

/** When an account last changed a field, as far as Jira gave the history; epoch ms of Jira's clock, null: not in there. */
export function changedByAt(changelog: WireChangelog, field: string, account: string): number | null {
  return newestTime(changesOf(changelog, field).filter(({ author }) => author?.accountId === account));
}

function newestTime(changes: WireChangelog['histories']): number | null {
  const times = changes.map(timeOf).filter((time) => !Number.isNaN(time));
  return times.length === 0 ? null : Math.max(...times);
}

/** The newest first, as far as their times can be read. */
function changesOf({ histories }: WireChangelog, field: string): WireChangelog['histories'] {
  return histories
    .filter(({ items = [] }) => items.some(({ fieldId, field: name = '' }) => (fieldId ?? OTHER_NAMES[name] ?? name) === field))
    .toSorted((a, b) => timeOf(b) - timeOf(a));
}

function isNewestFirst(histories: WireChangelog['histories']): boolean {
  const [first, last] = [histories[0], histories.at(-1)];
  return first !== undefined && last !== undefined && timeOf(first) > timeOf(last);
}

function timeOf({ created }: WireChangelog['histories'][number]): number {
  return Date.parse(created ?? '');
}
