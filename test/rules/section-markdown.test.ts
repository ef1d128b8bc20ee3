import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSection } from '../../src/rules/section-markdown.ts';
import { parseRules } from '../../src/rules/parse-rules.ts';

test.each([
  ['[x](https://e.example/{{resourceName}})', 'expected no {{ }} in the address of a link'],
  ['[x][1]\n\n[1]: https://e.example/{{resourceName}}', 'expected no {{ }} in the address of a link'],
  ['https://e.example/{{resourceName}}', 'expected no {{ }} in the address of a link'],
  ['![x](https://e.example/{{resourceName}})', 'expected no {{ }} in the address of a link'],
  ['- > [x]({{resourceName}})', 'expected no {{ }} in the address of a link'],
  ['[x](http://e.example)', 'expected links to https: and mailto: only'],
  ['[x](javascript:alert(1))', 'expected links to https: and mailto: only'],
  ['[x](data:text/html,x)', 'expected links to https: and mailto: only'],
  ['[x](//e.example)', 'expected links to https: and mailto: only'],
  ['[x](/wiki)', 'expected links to https: and mailto: only'],
  ['[x](https://)', 'expected links to https: and mailto: only'],
  ['{{nope}}', 'unknown path "nope"'],
  ['`{{nope}}`', 'unknown path "nope"'],
  ['> '.repeat(11), 'expected at most 10 lists and quotes inside each other'],
  [`${'1. '.repeat(11)}x`, 'expected at most 10 lists and quotes inside each other'],
  ['>'.repeat(5_000), 'expected at most 10 lists and quotes inside each other'],
  ['[x](y'.repeat(51), 'expected at most 50 links'],
  ['('.repeat(201), 'expected at most 200 opening parentheses'],
  ['*_'.repeat(151), 'expected at most 300 * and _'],
])('%j is refused', (markdown, message) => {
  expect(parseSection(markdown, 'full')).toEqual({ ok: false, message: expect.stringContaining(message) });
});

test('with minimal content, paths that reveal access are refused', () => {
  expect(parseSection('Ask {{who}}.', 'minimal')).toMatchObject({ ok: false });
  expect(parseSection('Ask {{ruleId}}.', 'minimal')).toMatchObject({ ok: true });
});

test('problems are reported at their path when the rules are saved', () => {
  const issue = {
    project: 'SEC',
    issueType: 'Task',
    summary: '{{nope}}',
    sections: [
      { title: 'a', text: '{{severity}}' },
      { title: 'b', text: '[x](http://e.example)' },
      { title: 'c', text: 5 },
    ],
  };
  const match = { source: ['aws.access-analyzer'] };
  expect(parseRules({ version: 1, rules: [{ id: 'r', match, action: 'issue', issue }] })).toEqual({
    ok: false,
    problems: [
      { path: 'rules[0].issue.summary', message: expect.stringContaining('unknown path "nope"') },
      { path: 'rules[0].issue.sections[1].text', message: 'expected links to https: and mailto: only' },
      { path: 'rules[0].issue.sections[2].text', message: expect.any(String) },
    ],
  });
  const minimal = { project: 'SEC', issueType: 'Task', content: 'minimal', summary: '{{who}}' };
  expect(parseRules({ version: 1, rules: [{ id: 'r', match, action: 'issue', issue: minimal }] })).toMatchObject({
    ok: false,
    problems: [{ path: 'rules[0].issue.summary' }],
  });
});

test('any Markdown is a section or is refused with a message; never an exception', () => {
  const parts = fc.constantFrom(
    '> ',
    '- ',
    '1. ',
    '\n',
    '\n\n',
    '```\n',
    '`',
    '**',
    '_',
    '[x](',
    'https://e.example',
    ')',
    '![',
    ']',
    '|',
    '|---|\n',
    '<adf>{"type":"media"}</adf>',
    '<b>',
    '{{resourceName}}',
    '{{',
    '# ',
    '    ',
    '- [ ] ',
    '\ue000',
    '\ue0019\ue001',
    '~~',
    '\\',
    '&amp;',
    '---\n',
    'word',
  );
  fc.assert(
    fc.property(
      fc.array(parts, { maxLength: 60 }).map((some) => some.join('')),
      (markdown) => {
        const parsed = parseSection(markdown, 'full');
        expect(parsed.ok || parsed.message.length > 0).toBe(true);
        expect(parseSection(markdown, 'full')).toEqual(parsed);
      },
    ),
    { numRuns: 500 },
  );
});
