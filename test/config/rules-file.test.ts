import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inRulesFile, readRulesFile } from '../../src/config/rules-file.ts';

const PATH = 'config/routing-rules.yaml';

describe('a rules file that is read', () => {
  test.each([
    ['YAML', 'version: 1\nrules:\n  - id: all # the rest\n    match: { source: ["aws.access-analyzer"] }\n'],
    ['JSON', '{"version": 1, "rules": [{"id": "all", "match": {"source": ["aws.access-analyzer"]}}]}'],
  ])('%s', (_kind, text) => {
    const input = { version: 1, rules: [{ id: 'all', match: { source: ['aws.access-analyzer'] } }] };
    expect(readRulesFile(PATH, text)).toEqual({ ok: true, input });
  });

  test('words that older YAML took for booleans stay words', () => {
    expect(readRulesFile(PATH, 'a: no\nb: on\nc: 012')).toEqual({ ok: true, input: { a: 'no', b: 'on', c: 12 } });
  });

  test('a key that names the prototype is a key like any other', () => {
    const read = readRulesFile(PATH, '__proto__: { polluted: 1 }');
    expect(read.ok && Object.keys(Object(read.input))).toEqual(['__proto__']);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('a rules file that is refused', () => {
  test.each([
    ['a key that comes twice', 'a: 1\na: 2', 'config/routing-rules.yaml:2:1: Map keys must be unique'],
    ['a key that comes twice in JSON', '{"a": 1, "a": 2}', 'config/routing-rules.yaml:1:10: Map keys must be unique'],
    [
      'an account id without quotes',
      'accounts:\n  111122223333: {}',
      'config/routing-rules.yaml:2:3: expected the account id in quotes: "111122223333"',
    ],
    ['one that looks octal', '{ 012345670123: 1 }', 'config/routing-rules.yaml:1:3: expected the account id in quotes: "012345670123"'],
    ['an alias', 'a: &x [1]\nb: *x', 'config/routing-rules.yaml:2:4: expected no alias (*x)'],
    ['an alias of its own parent', 'a: &x { b: *x }', 'config/routing-rules.yaml:1:12: expected no alias (*x)'],
    ['a tag', 'a: !!binary aGk=', 'config/routing-rules.yaml:1:4: Unresolved tag: tag:yaml.org,2002:binary'],
    ['an older YAML', '%YAML 1.1\n---\na: yes', 'config/routing-rules.yaml:1:1: expected YAML 1.2'],
    ['a tab', 'a:\n\t- b', 'config/routing-rules.yaml:2:1: Tabs are not allowed as indentation'],
    ['a key that is no text', '[1]: 2', 'config/routing-rules.yaml:1:1: With stringKeys, all keys must be strings'],
    ['one that is too long', `a: ${'x'.repeat(5_000_000)}`, 'config/routing-rules.yaml: expected at most 5000000 characters'],
  ])('%s', (_what, text, line) => {
    expect(readRulesFile(PATH, text)).toEqual({ ok: false, problems: [line] });
  });

  test('a missing end is reported with its line', () => {
    const read = readRulesFile(PATH, 'version: 1\nrules: [{ id: all }\n');
    expect(read.ok ? [] : read.problems).toEqual([expect.stringMatching(/^config\/routing-rules\.yaml:\d+:\d+: Flow sequence/)]);
  });

  test('aliases that would unfold to a billion', () => {
    const levels = Array.from({ length: 9 }, (_, level) => `l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(', ')}]`);
    const read = readRulesFile(PATH, ['l0: &l0 lol', ...levels].join('\n'));
    expect(read.ok ? [] : read.problems).toHaveLength(5);
  });

  test('nesting without end', () => {
    const read = readRulesFile(PATH, '['.repeat(50_000));
    expect(read.ok ? [] : read.problems.length).toBeLessThanOrEqual(5);
    expect(read.ok ? '' : read.problems[0]).toMatch(/nested too deeply$/);
  });
});

test('with any text it never throws, and every problem is one line with the path', () => {
  const bits = fc.constantFrom(
    'a',
    ': ',
    '- ',
    '\n',
    '  ',
    '{',
    '}',
    '[',
    ']',
    '&x ',
    '*x',
    '!',
    '"',
    "'",
    '|',
    '>',
    '#',
    '%YAML 1.1',
    '---',
    '\t',
    '<<',
    '?',
    '\u0000',
    '\ud800',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(bits, { maxLength: 60 }).map((parts) => parts.join('')),
      ),
      (text) => {
        const read = readRulesFile(PATH, text);
        for (const line of read.ok ? [] : read.problems) expect(line).toMatch(/^config\/routing-rules\.yaml(:\d+:\d+)?: [^\n]+$/);
      },
    ),
    { numRuns: 1000 },
  );
});

test('problems of the content are reported with the path of the file', () => {
  const problems = [
    { path: 'rules[2].issue.project', message: 'expected a project key' },
    { path: '', message: 'expected an object' },
  ];
  expect(inRulesFile(PATH, problems)).toEqual([
    'config/routing-rules.yaml: rules[2].issue.project: expected a project key',
    'config/routing-rules.yaml: expected an object',
  ]);
});
