import { expect, test } from 'vitest';
import { chooseTransition } from '../../src/jira/choose-transition.ts';
import type { WireTransition } from '../../src/jira/wire.ts';

const to = (id: string, category: string, name = id, more: Partial<WireTransition> = {}): WireTransition => ({
  id,
  to: { name, statusCategory: { key: category } },
  ...more,
});

test.each<readonly [string, 'closed' | 'open', readonly WireTransition[], string | null]>([
  ['nothing is offered', 'closed', [], null],
  ['none leads to done', 'closed', [to('1', 'new'), to('2', 'indeterminate')], null],
  ['the category decides, never the name', 'closed', [to('1', 'indeterminate', 'Done'), to('2', 'done', 'Somewhere')], '2'],
  ['a category that Jira adds later is not done', 'closed', [to('1', 'completed', 'Done'), to('2', 'undefined', 'Done')], null],
  ['the first of equals', 'closed', [to('1', 'done', 'A'), to('2', 'done', 'B')], '1'],
  ['fixed comes before won’t do', 'closed', [to('1', 'done', 'Won’t do'), to('2', 'done', 'RESOLVED')], '2'],
  ['done comes before closed', 'closed', [to('1', 'done', 'Closed'), to('2', 'done', 'Done')], '2'],
  ['what is not available is left out', 'closed', [to('1', 'done', 'Done', { isAvailable: false }), to('2', 'done', 'Rejected')], '2'],
  ['what leads back to itself is left out', 'closed', [to('1', 'done', 'Done', { isLooped: true }), to('2', 'done', 'Rejected')], '2'],
  ['only such are offered', 'closed', [to('1', 'done', 'Done', { isAvailable: false }), to('2', 'done', 'Done', { isLooped: true })], null],
  ['what says that it is available and not looped', 'closed', [to('1', 'done', 'Done', { isAvailable: true, isLooped: false })], '1'],
  ['back to where it begins', 'open', [to('1', 'indeterminate'), to('2', 'new'), to('3', 'done')], '2'],
  ['back to work', 'open', [to('1', 'done'), to('2', 'indeterminate')], '2'],
  ['only done statuses lead on', 'open', [to('1', 'done')], null],
  ['an undefined category is not open', 'open', [to('1', 'undefined'), to('2', 'later')], null],
])('%s', (_, target, offered, id) => {
  expect(chooseTransition(target, offered)?.id ?? null).toBe(id);
});

test('a comment goes along only where there is a screen', () => {
  for (const [hasScreen, takesComment] of [
    [true, true],
    [false, false],
    [undefined, false],
  ] as const) {
    const chosen = chooseTransition('closed', [to('1', 'done', 'Done', hasScreen === undefined ? {} : { hasScreen })]);
    expect(chosen).toEqual({ id: '1', to: { name: 'Done', category: 'done' }, takesComment });
  }
});
