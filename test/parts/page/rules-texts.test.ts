import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { BESIDES_RULES } from '../../../src/rules/rule-changes.ts';
import { EFFECTS } from '../../../src/pipeline/rule-changes/rules-effect.ts';
import { changesText } from '../../../src/parts/page/assets/views/rules/changes.js';
import { effectsText } from '../../../src/parts/page/assets/views/rules/effects-text.js';
import { diffLines, hunksOf } from '../../../src/parts/page/assets/views/rules/line-diff.js';
import { mergeTexts } from '../../../src/parts/page/assets/views/rules/merge-texts.js';
import { itemCount, lineOf } from '../../../src/parts/page/assets/views/rules/yaml-places.js';
import { toYaml } from '../../../src/parts/page/assets/views/rules/yaml-text.js';

/** Few different lines, so that texts have much in common. */
const Lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 14 });

describe('what turns one text into another', () => {
  test('gives the other one when it is applied, and changes nothing more than it must', () => {
    fc.assert(
      fc.property(Lines, Lines, (before, after) => {
        const lines: string[] = [];
        let at = 0;
        for (const { from, to, lines: added } of hunksOf(before, after)) {
          lines.push(...before.slice(at, from), ...added);
          at = to;
        }
        expect([...lines, ...before.slice(at)]).toEqual(after);
        const kept = before.length - hunksOf(before, after).reduce((sum, { from, to }) => sum + to - from, 0);
        expect(kept).toBe(longestCommon(before, after));
      }),
    );
  });

  test('is shown line by line; texts with too little in common are taken to differ as a whole', () => {
    expect(diffLines('a\nb\nc\n', 'a\nB\nc\nd\n').map(({ is, text }) => `${is} ${text}`)).toEqual([
      'same a',
      'removed b',
      'added B',
      'same c',
      'added d',
    ]);
    expect(diffLines('', 'a\n')).toEqual([{ is: 'added', text: 'a' }]);
    const [left, right] = ['l', 'r'].map((side) => Array.from({ length: 2_000 }, (_, n) => `${side}${n}`));
    expect(hunksOf(left ?? [], right ?? [])).toEqual([{ from: 0, to: 2_000, lines: right }]);
  });
});

/** By the definition. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  const best = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0));
  for (let x = 1; x <= a.length; x += 1) {
    for (let y = 1; y <= b.length; y += 1) {
      const row = best[x] ?? [];
      const [above, left, both] = [best[x - 1]?.[y] ?? 0, row[y - 1] ?? 0, best[x - 1]?.[y - 1] ?? 0];
      row[y] = a[x - 1] === b[y - 1] ? both + 1 : Math.max(above, left);
    }
  }
  return best[a.length]?.[b.length] ?? 0;
}

describe('joining the changes of two people', () => {
  test('keeps both where they are apart, and asks where they are not', () => {
    const base = 'a\nb\nc\nd\ne';
    expect(mergeTexts(base, 'A\nb\nc\nd\ne', 'a\nb\nc\nd\nE', 'mine')).toEqual({ text: 'A\nb\nc\nd\nE', conflicts: 0 });
    expect(mergeTexts(base, 'a\nb\nM\nd\ne', 'a\nb\nT\nd\nE', 'mine')).toEqual({ text: 'a\nb\nM\nd\nE', conflicts: 1 });
    expect(mergeTexts(base, 'a\nb\nM\nd\ne', 'a\nb\nT\nd\nE', 'theirs')).toEqual({ text: 'a\nb\nT\nd\nE', conflicts: 1 });
    expect(mergeTexts(base, 'a\nb\nd\ne', 'a\nb\nd\ne', 'mine')).toEqual({ text: 'a\nb\nd\ne', conflicts: 0 });
  });

  test('loses nothing where only one has changed something, and is the same from both sides', () => {
    const Text = Lines.map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(Text, Text, Text, (base, mine, theirs) => {
        expect(mergeTexts(base, mine, base, 'theirs')).toEqual({ text: mine, conflicts: 0 });
        expect(mergeTexts(base, base, theirs, 'mine')).toEqual({ text: theirs, conflicts: 0 });
        expect(mergeTexts(base, mine, mine, 'mine')).toEqual({ text: mine, conflicts: 0 });
        expect(mergeTexts(base, mine, theirs, 'mine')).toEqual(mergeTexts(base, theirs, mine, 'theirs'));
      }),
    );
  });
});

const RULES = `# Rules
version: 1
rules:
  - id: first
    match:
      detail: { accountId: ["1"] }
    action: ignore

  # the second
  - id: second
    description: >
      rules:
      - id: none
    match: { source: ["aws.access-analyzer"] }
    issue:
      project: SEC
      "odd.name": 1
tests:
- name: one
  expect:
    action: issue
- expect: { action: ignore }
`;

describe('the line of a place', () => {
  test.each([
    ['line 4, column 1', 4],
    ['', null],
    ['version', 2],
    ['rules', 3],
    ['rules[0]', 4],
    ['rules[0].match.detail.accountId[0]', 6],
    ['rules[1]', 10],
    ['rules[1].id', 10],
    ['rules[1].match.source', 14],
    ['rules[1].issue.project', 16],
    ['rules[1].issue["odd.name"]', 17],
    ['rules[1].issue.priority', 15],
    ['rules[7].id', 3],
    ['tests[0].expect.action', 21],
    ['tests[1].expect', 22],
    ['accounts', null],
  ])('%s is in line %s', (path, line) => expect(lineOf(RULES, path)).toBe(line));

  test('counts the items of a list', () => {
    expect(['rules', 'tests', 'accounts'].map((name) => itemCount(RULES, name))).toEqual([2, 2, 0]);
  });

  test('is that of the value, in every text that the page writes', () => {
    const Name = fc.constantFrom('id', 'match', 'a.b', 'x y', '0', 'true');
    const { value: Value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string({ maxLength: 6 }),
        fc.integer(),
        fc.constantFrom(true, false, null, '', 'yes', '012', '- a', 'a: b', '# x', 'a #b', '"', '\u202e\n'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(Name, tie('value'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(Value, (value) => {
        expect(parse(toYaml(value))).toEqual(value);
      }),
    );
    fc.assert(
      fc.property(fc.dictionary(Name, fc.dictionary(Name, fc.integer(), { minKeys: 1 }), { minKeys: 1 }), (value) => {
        const text = toYaml({ rules: [{ one: 1 }, value] });
        for (const [outer, inside] of Object.entries(value)) {
          for (const inner of Object.keys(inside)) {
            const line = lineOf(text, `rules[1][${JSON.stringify(outer)}][${JSON.stringify(inner)}]`);
            expect(text.split('\n')[(line ?? 0) - 1]).toMatch(/: -?\d+$/);
          }
        }
      }),
    );
  });
});

describe('what a draft does, in words', () => {
  test('names what opens, moves and closes, and the rest where there is some', () => {
    const counts = (issues: Partial<Record<string, number>>) =>
      Object.fromEntries(EFFECTS.map((name) => [name, { issues: issues[name] ?? 0 }]));
    expect(effectsText(counts({ opens: 12, moves: 3 }))).toBe('12 open, 3 move, 0 close');
    expect(effectsText(counts({ opens: 1, closes: 1, ignores: 2, fails: 1, changes: 1_200 }))).toBe(
      '1 opens, 0 move, 1 closes, 2 are ignored, 1,200 change, 1 cannot be decided',
    );
    const words = effectsText(counts(Object.fromEntries(EFFECTS.map((name) => [name, 7]))));
    expect(words.split(', ')).toHaveLength(EFFECTS.length - 1);
  });

  test('names rules and the other parts that differ', () => {
    const none = { count: 0, ids: [] };
    const changes = { added: none, removed: none, changed: { count: 1, ids: ['public'] }, moved: { count: 4, ids: ['a', 'b', 'c', 'd'] } };
    expect(changesText({ ...changes, besides: ['tests'] })).toBe('1 rule changed (public), 4 rules moved (a, b, c, …), the tests changed');
    expect(changesText({ ...changes, changed: none, moved: none, besides: [] })).toBe('nothing differs');
    expect(changesText(null)).toBe('differences unknown');
    for (const part of BESIDES_RULES) expect(changesText({ ...changes, besides: [part] })).not.toContain(`${part} changed)`);
  });
});
