import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/findings/json.ts';
import { match, problemsOf } from '../../support/findings/patterns.ts';

interface Cases {
  readonly operator: string;
  /** The list for the field `f`, values that it matches, values that it does not. */
  readonly rows: readonly (readonly [alternatives: readonly Json[], matching: readonly Json[], other: readonly Json[]])[];
  /** A refused alternative, the path of the problem, and a part of its message. */
  readonly refused: readonly (readonly [alternative: unknown, path: string, message: string])[];
}

const operators: readonly Cases[] = [
  {
    operator: 'exact values',
    rows: [
      [['a'], ['a', ['b', 'a']], ['A', 'ab', '', 1, null, true, { a: 'a' }, []]],
      [[''], [''], [' ', null, []]],
      [[null], [null, [null]], ['', 'null', false, 0]],
      [[true], [true], [false, 'true', 1]],
      [[1], [1, 1.0, 10e-1], ['1', 1.1, true]],
      [[-0], [0], [1]],
      [[111122223333], [111122223333], ['111122223333']],
      [
        ['a', 2, false],
        ['a', 2, false],
        ['b', 3, true],
      ],
    ],
    refused: [
      [['a'], 'match.f[0]', 'an operator'],
      [Number.NaN, 'match.f[0]', 'an operator'],
      [undefined, 'match.f[0]', 'an operator'],
      [1n, 'match.f[0]', 'an operator'],
      [{}, 'match.f[0]', 'exactly one operator'],
      [{ prefix: 'a', suffix: 'b' }, 'match.f[0]', 'exactly one operator'],
      [{ regex: 'a' }, 'match.f[0]', 'prefix, suffix, equals-ignore-case, wildcard, anything-but, numeric, cidr, exists, not "regex"'],
      [{ constructor: 'a' }, 'match.f[0]', 'not "constructor"'],
    ],
  },
  {
    operator: 'prefix',
    rows: [
      [[{ prefix: 'us-' }], ['us-east-1', 'us-'], ['eu-us-', 'US-EAST-1', 5, null]],
      [[{ prefix: '' }], ['', 'a'], [1, null, true]],
      [[{ prefix: { 'equals-ignore-case': 'Us-' } }], ['us-east-1', 'US-EAST-1'], ['eu-us-', 'us', '']],
      [[{ prefix: { 'equals-ignore-case': 'straß' } }], ['Straße', 'STRASSE'], ['strasse', 'Strasse']],
      [[{ prefix: { 'equals-ignore-case': '' } }], ['', 'a'], [1]],
    ],
    refused: [
      [{ prefix: 5 }, 'match.f[0].prefix', 'a string'],
      [{ prefix: ['a'] }, 'match.f[0].prefix', 'a string'],
      [{ prefix: { suffix: 'a' } }, 'match.f[0].prefix', 'equals-ignore-case'],
      [{ prefix: { 'equals-ignore-case': 5 } }, 'match.f[0].prefix.equals-ignore-case', 'a string'],
      [{ prefix: { 'equals-ignore-case': 'a', prefix: 'b' } }, 'match.f[0].prefix', 'equals-ignore-case'],
    ],
  },
  {
    operator: 'suffix',
    rows: [
      [[{ suffix: '.png' }], ['a.png', '.png'], ['a.PNG', '.pn', 'png']],
      [[{ suffix: { 'equals-ignore-case': '.Png' } }], ['a.png', 'A.PNG'], ['a.gif', 'png']],
      [[{ suffix: { 'equals-ignore-case': 'ßE' } }], ['straße', 'STRASSE', 'SSe'], ['strasse', 'Se']],
    ],
    refused: [
      [{ suffix: null }, 'match.f[0].suffix', 'a string'],
      [{ suffix: { wildcard: 'a' } }, 'match.f[0].suffix', 'equals-ignore-case'],
    ],
  },
  {
    operator: 'equals-ignore-case',
    rows: [
      [[{ 'equals-ignore-case': 'aLiCe' }], ['alice', 'ALICE'], ['alicE ', 'al', 1]],
      [[{ 'equals-ignore-case': 'Σίσυφος' }], ['ΣΊΣΥΦΟΣ', 'σίσυφος'], ['σίσυφοςς', 'σίσυφοσ']],
      // One letter of the pattern at a time, each with its own small and capital form.
      [[{ 'equals-ignore-case': 'ß' }], ['ß', 'SS'], ['ss', 'Ss', 'sS', '\u1e9e']],
      [[{ 'equals-ignore-case': 'ss' }], ['ss', 'SS', 'Ss'], ['ß', '\u1e9e']],
      [[{ 'equals-ignore-case': '\u1e9e' }], ['\u1e9e', 'ß'], ['ss', 'SS']],
      [[{ 'equals-ignore-case': '\u212a' }], ['\u212a', 'k'], ['K']],
      [[{ 'equals-ignore-case': 'k' }], ['k', 'K'], ['\u212a']],
      [[{ 'equals-ignore-case': '\u0130' }], ['\u0130', 'i\u0307'], ['i', 'I', 'ı']],
      [[{ 'equals-ignore-case': 'ı' }], ['ı', 'I'], ['i', '\u0130']],
      [[{ 'equals-ignore-case': 'ﬁ' }], ['ﬁ', 'FI'], ['fi', 'Fi']],
      [[{ 'equals-ignore-case': 'ⱥ🪣' }], ['ⱥ🪣', 'Ⱥ🪣'], ['ⱥ', 'a🪣']],
      [[{ 'equals-ignore-case': '' }], [''], ['a', null]],
    ],
    refused: [
      [{ 'equals-ignore-case': true }, 'match.f[0].equals-ignore-case', 'a string'],
      [{ 'equals-ignore-case': ['a'] }, 'match.f[0].equals-ignore-case', 'a string'],
    ],
  },
  {
    operator: 'wildcard',
    rows: [
      [[{ wildcard: 'dir/*.png' }], ['dir/a.png', 'dir/.png', 'dir/a/b.png'], ['dir/a.png2', 'dir', 'xdir/a.png', 'dir/png', 5]],
      [[{ wildcard: '*' }], ['', 'a', '*'], [1, null]],
      [[{ wildcard: '' }], [''], ['a']],
      [[{ wildcard: 'a*a' }], ['aa', 'aba', 'aaa'], ['a']],
      [[{ wildcard: '*ab*ab*' }], ['abab', 'xabxabx'], ['ab', 'aab', 'aba']],
      [[{ wildcard: 'a\\*b\\\\c*' }], ['a*b\\c', 'a*b\\cd'], ['axb\\c', 'a*bc']],
      [[{ wildcard: '\\**' }], ['*', '*a'], ['a*']],
    ],
    refused: [
      [{ wildcard: 'a**b' }, 'match.f[0].wildcard', 'no two *'],
      [{ wildcard: 'a\\b' }, 'match.f[0].wildcard', 'backslash'],
      [{ wildcard: 'a\\' }, 'match.f[0].wildcard', 'backslash'],
      [{ wildcard: ['a'] }, 'match.f[0].wildcard', 'a string'],
    ],
  },
  {
    operator: 'anything-but',
    rows: [
      [[{ 'anything-but': 'a' }], ['b', '', 'A', 1, true, null, ['a', 'b']], ['a', ['a'], [], {}]],
      [[{ 'anything-but': ['a', 'b'] }], ['c', 1], ['a', 'b', ['a', 'b']]],
      [[{ 'anything-but': 123 }], [124, '123'], [123]],
      [[{ 'anything-but': [100, 200] }], [300, null], [100, 200.0]],
      [[{ 'anything-but': '' }], ['a'], ['']],
      [[{ 'anything-but': { prefix: 'us-' } }], ['eu-us-', 1], ['us-east-1']],
      [[{ 'anything-but': { prefix: ['us-', 'eu-'] } }], ['ap-1'], ['us-1', 'eu-1']],
      [[{ 'anything-but': { suffix: '.png' } }], ['a.gif'], ['a.png']],
      [[{ 'anything-but': { suffix: ['.png', '.gif'] } }], ['a.txt'], ['a.png', 'a.gif']],
      [[{ 'anything-but': { 'equals-ignore-case': 'Stopped' } }], ['running'], ['STOPPED', 'stopped']],
      [[{ 'anything-but': { 'equals-ignore-case': ['Stopped', 'Over'] } }], ['running'], ['OVER', 'stopped']],
      [[{ 'anything-but': { 'equals-ignore-case': ['ß', '\u212a'] } }], ['ss', 'K'], ['SS', 'ß', 'k']],
      [[{ 'anything-but': { wildcard: '*/bin/*.jar' } }], ['/lib/a.jar'], ['/bin/a.jar']],
      [[{ 'anything-but': { wildcard: ['*.jar', '*.class'] } }], ['a.js'], ['a.jar', 'a.class']],
    ],
    refused: [
      [{ 'anything-but': true }, 'match.f[0].anything-but', 'a string, a number'],
      [{ 'anything-but': null }, 'match.f[0].anything-but', 'a string, a number'],
      [{ 'anything-but': [] }, 'match.f[0].anything-but', 'a string, a number'],
      [{ 'anything-but': ['a', 1] }, 'match.f[0].anything-but', 'only strings or only numbers'],
      [{ 'anything-but': [true] }, 'match.f[0].anything-but[0]', 'a string, a number'],
      [{ 'anything-but': ['a', null] }, 'match.f[0].anything-but[1]', 'a string, a number'],
      [{ 'anything-but': {} }, 'match.f[0].anything-but', 'one operator'],
      [{ 'anything-but': { numeric: ['=', 1] } }, 'match.f[0].anything-but', 'not "numeric"'],
      [{ 'anything-but': { prefix: 'a', suffix: 'b' } }, 'match.f[0].anything-but', 'one operator'],
      [{ 'anything-but': { prefix: '' } }, 'match.f[0].anything-but.prefix', 'at least one character'],
      [{ 'anything-but': { suffix: ['a', ''] } }, 'match.f[0].anything-but.suffix[1]', 'at least one character'],
      [{ 'anything-but': { prefix: [] } }, 'match.f[0].anything-but.prefix', 'a list of strings'],
      [{ 'anything-but': { prefix: { 'equals-ignore-case': 'a' } } }, 'match.f[0].anything-but.prefix', 'a list of strings'],
      [{ 'anything-but': { 'equals-ignore-case': ['a', 1] } }, 'match.f[0].anything-but.equals-ignore-case[1]', 'a string'],
      [{ 'anything-but': { wildcard: 'a**' } }, 'match.f[0].anything-but.wildcard', 'no two *'],
      [{ 'anything-but': { wildcard: ['a', '\\x'] } }, 'match.f[0].anything-but.wildcard[1]', 'backslash'],
    ],
  },
  {
    operator: 'numeric',
    rows: [
      [[{ numeric: ['=', 301.8] }], [301.8, 3.018e2], [301.80001, '301.8', true, null]],
      [[{ numeric: ['>', 0] }], [0.000001, 5e9, 6e9], [0, -1]],
      [[{ numeric: ['>=', 0] }], [0, 1], [-0.1]],
      [[{ numeric: ['<', 10] }], [9.9, -5e9], [10]],
      [[{ numeric: ['<=', 10] }], [10], [10.1]],
      [[{ numeric: ['>', 0, '<=', 5] }], [1, 5], [0, 5.1]],
      [[{ numeric: ['>=', -5e9, '<', 5e9] }], [-5e9, 0], [5e9]],
    ],
    refused: [
      [{ numeric: 5 }, 'match.f[0].numeric', '[comparison, number]'],
      [{ numeric: [] }, 'match.f[0].numeric', '[comparison, number]'],
      [{ numeric: ['>'] }, 'match.f[0].numeric', '[comparison, number]'],
      [{ numeric: ['>', 1, '<'] }, 'match.f[0].numeric', '[comparison, number]'],
      [{ numeric: ['>', 1, '<', 2, '<', 3] }, 'match.f[0].numeric', '[comparison, number]'],
      [{ numeric: ['!=', 1] }, 'match.f[0].numeric[0]', '= < <= > >='],
      [{ numeric: ['>', '1'] }, 'match.f[0].numeric[1]', 'a number'],
      [{ numeric: ['>', 5000000001] }, 'match.f[0].numeric[1]', '-5e9 to 5e9'],
      [{ numeric: ['>', -5000000001] }, 'match.f[0].numeric[1]', '-5e9 to 5e9'],
      [{ numeric: ['>', Number.NaN] }, 'match.f[0].numeric[1]', 'a number'],
      [{ numeric: ['<', 5, '>', 0] }, 'match.f[0].numeric[0]', '> or >= first'],
      [{ numeric: ['=', 5, '<', 9] }, 'match.f[0].numeric[0]', '> or >= first'],
      [{ numeric: ['>', 5, '=', 9] }, 'match.f[0].numeric[2]', '< or <= second'],
      [{ numeric: ['>', 5, '<', 5] }, 'match.f[0].numeric', 'less than the upper'],
      [{ numeric: ['>', 6, '<', 5] }, 'match.f[0].numeric', 'less than the upper'],
    ],
  },
  {
    operator: 'cidr',
    rows: [
      [[{ cidr: '10.0.0.0/24' }], ['10.0.0.0', '10.0.0.255'], ['10.0.1.0', '10.0.0', '10.0.0.256', '::a00:0', 'host', 10]],
      [[{ cidr: '10.0.0.0/8' }], ['10.0.0.1'], ['010.0.0.1', '10.0.0.01', '::ffff:a00:1', '::ffff:10.0.0.1', '10.0.0.1/32']],
      [[{ cidr: '10.1.2.3/8' }], ['10.0.0.0', '10.255.255.255'], ['11.0.0.0', '9.255.255.255']],
      [[{ cidr: '0.0.0.0/0' }], ['255.255.255.255'], ['::']],
      [[{ cidr: '192.0.2.1/32' }], ['192.0.2.1'], ['192.0.2.0', '192.0.2.2', '192.0.2.01']],
      [
        [{ cidr: '2001:db8::/32' }],
        ['2001:db8::1', '2001:0DB8:ffff::', '2001:db8:1:2:3:4:5:6'],
        ['2001:db9::', '2001:db8::1::', '2001:db8:', '1.2.3.4'],
      ],
      [[{ cidr: '::1/128' }], ['::1', '0:0:0:0:0:0:0:1'], ['::', '::2', ':1', '1']],
    ],
    refused: [
      [{ cidr: '10.0.0.0' }, 'match.f[0].cidr', 'block'],
      [{ cidr: '10.0.0.0/33' }, 'match.f[0].cidr', 'block'],
      [{ cidr: '10.0.0.0/-1' }, 'match.f[0].cidr', 'block'],
      [{ cidr: '10.0.0.0/8/8' }, 'match.f[0].cidr', 'block'],
      [{ cidr: '10.0.0/8' }, 'match.f[0].cidr', 'block'],
      [{ cidr: '10.0.0.256/8' }, 'match.f[0].cidr', 'block'],
      [{ cidr: '10.0.0.0/' }, 'match.f[0].cidr', 'block'],
      [{ cidr: '10.0.0.0/08' }, 'match.f[0].cidr', 'block'],
      [{ cidr: '10.0.0.0/+8' }, 'match.f[0].cidr', 'block'],
      [{ cidr: '10.0.0.0/8/' }, 'match.f[0].cidr', 'block'],
      [{ cidr: '010.0.0.0/8' }, 'match.f[0].cidr', 'block'],
      [{ cidr: '::ffff:10.0.0.0/104' }, 'match.f[0].cidr', 'block'],
      [{ cidr: '::/129' }, 'match.f[0].cidr', 'block'],
      [{ cidr: '::g/1' }, 'match.f[0].cidr', 'block'],
      [{ cidr: '1:2:3:4:5:6:7:8:9/1' }, 'match.f[0].cidr', 'block'],
      [{ cidr: '1:2:3:4::5:6:7:8/1' }, 'match.f[0].cidr', 'block'],
      [{ cidr: 8 }, 'match.f[0].cidr', 'block'],
    ],
  },
  {
    operator: 'exists',
    rows: [
      [[{ exists: true }], [0, '', null, false, ['a']], [[], {}, { a: 1 }, [{ a: 1 }]]],
      [[{ exists: false }], [[], {}, { a: 1 }, [[]]], [0, '', null, false, ['a']]],
      [
        [true, { exists: false }],
        [true, []],
        [false, 'true'],
      ],
    ],
    refused: [
      [{ exists: 'true' }, 'match.f[0].exists', 'true or false'],
      [{ exists: null }, 'match.f[0].exists', 'true or false'],
      [{ exists: [true] }, 'match.f[0].exists', 'true or false'],
    ],
  },
];

describe.each(operators)('$operator', ({ rows, refused }) => {
  test.each(rows)('%j matches each of %j and none of %j', (alternatives, matching, other) => {
    for (const value of matching) expect({ value, ...match({ f: alternatives }, { f: value }) }).toEqual({ value, matched: true });
    for (const value of other) expect({ value, ...match({ f: alternatives }, { f: value }) }).toMatchObject({ value, matched: false });
  });

  test.each(refused)('%o is refused at %s', (alternative, path, message) => {
    expect(problemsOf({ f: [alternative] })).toContainEqual({ path, message: expect.stringContaining(message) });
  });
});

test('a refused alternative is the only problem of its pattern', () => {
  for (const { refused } of operators) {
    for (const [alternative, path] of refused) {
      const paths = problemsOf({ f: ['fine', alternative], g: [1] }).map((problem) => problem.path);
      expect(paths).toContain(path.replace('[0]', '[1]'));
      expect(paths.every((at) => at.startsWith('match.f[1]'))).toBe(true);
    }
  }
});
