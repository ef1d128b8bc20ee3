import { expect, test } from 'vitest';
import { changedBy, changedByAt, type Hand } from '../../../src/jira/issue/changed-by.ts';
import type { WireChangelog } from '../../../src/jira/http/wire.ts';

const at = (minute: number): string => `2026-03-01T10:${String(minute).padStart(2, '0')}:00.000+0000`;
const entry = (minute: number, who: string | null, ...fields: readonly string[]): WireChangelog['histories'][number] => ({
  ...(who === null ? {} : { author: { accountId: who } }),
  created: at(minute),
  items: fields.map((field) => ({ field, fieldId: field })),
});
const history = (entries: readonly WireChangelog['histories'][number][], total = entries.length): WireChangelog => ({
  histories: [...entries],
  total,
});

test.each<readonly [string, WireChangelog, Hand]>([
  ['never changed', history([]), 'nobody'],
  ['another field was changed', history([entry(1, 'dana', 'labels')]), 'nobody'],
  ['by us', history([entry(1, 'us', 'summary', 'labels')]), 'ours'],
  ['by a person', history([entry(1, 'dana', 'summary')]), 'theirs'],
  ['by an account without an id', history([entry(1, null, 'summary')]), 'theirs'],
  ['by a person, then by us, newest first', history([entry(2, 'us', 'summary'), entry(1, 'dana', 'summary')]), 'ours'],
  ['by a person, then by us, oldest first', history([entry(1, 'dana', 'summary'), entry(2, 'us', 'summary')]), 'ours'],
  ['by us, then by a person, newest first', history([entry(2, 'dana', 'summary'), entry(1, 'us', 'summary')]), 'theirs'],
  ['by us, then by a person, oldest first', history([entry(1, 'us', 'summary'), entry(2, 'dana', 'summary')]), 'theirs'],
  ['a part, newest first, by us', history([entry(3, 'us', 'summary'), entry(2, 'dana', 'labels')], 9), 'ours'],
  ['a part, oldest first, by us', history([entry(2, 'dana', 'labels'), entry(3, 'us', 'summary')], 9), 'unclear'],
  ['a part of one entry, by us', history([entry(3, 'us', 'summary')], 9), 'unclear'],
  ['a part, by a person', history([entry(2, 'dana', 'summary'), entry(3, 'us', 'labels')], 9), 'theirs'],
  ['a part without the field', history([entry(3, 'us', 'labels'), entry(2, 'us', 'labels')], 9), 'unclear'],
])('who changed the summary: %s', (_, changelog, hand) => {
  expect(changedBy(changelog, 'summary', 'us')).toBe(hand);
});

test('components have another name in a history, and its items may lack the id of the field', () => {
  const item = { created: at(1), author: { accountId: 'dana' }, items: [{ field: 'Component' }] };
  expect(changedBy(history([item]), 'components', 'us')).toBe('theirs');
  expect(changedBy(history([{ ...item, items: [{ field: 'summary' }] }]), 'summary', 'us')).toBe('theirs');
});

test('when an account last changed a field, in either order of the history', () => {
  const entries = [entry(1, 'us', 'status'), entry(3, 'us', 'status'), entry(4, 'us', 'labels'), entry(5, 'dana', 'status')];
  for (const changelog of [history(entries), history(entries.toReversed())])
    expect(changedByAt(changelog, 'status', 'us')).toBe(Date.parse(at(3)));
  expect(changedByAt(history([entry(5, 'dana', 'status')]), 'status', 'us')).toBeNull();
});
