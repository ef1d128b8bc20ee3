import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { doc, type AdfBlock } from '../../../src/issues/text/adf.ts';
import { sectionBlocks } from '../../../src/issues/text/section-blocks.ts';
import { templateValues } from '../../../src/issues/text/template-values.ts';
import { adfWords, expectClean, expectValidAdf } from '../../support/jira/adf-check.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { nasty } from '../../support/findings/hostile-findings.ts';
import { findingOf } from '../../support/findings/parsed.ts';

const valuesOf = (name: string): ReturnType<typeof templateValues> =>
  templateValues(findingOf(externalEvent({ detail: { resource: `arn:aws:s3:::${name}`.slice(0, 2_048) } })), {
    content: 'full',
    ruleId: 'all',
  });

const blocksOf = (text: string, name = 'logs'): readonly AdfBlock[] => {
  const blocks = sectionBlocks({ title: 'Title', text }, valuesOf(name));
  expectValidAdf(doc(...blocks));
  return blocks.slice(1);
};

const t = (text: string, ...marks: readonly string[]): unknown =>
  marks.length === 0 ? { type: 'text', text } : { type: 'text', text, marks: marks.map((type) => ({ type })) };
const p = (...content: readonly unknown[]): unknown => ({ type: 'paragraph', content });

test.each<readonly [string, string, readonly unknown[]]>([
  [
    'a paragraph',
    'Ask **{{severity}}** _x_ ~~y~~ `{{resourceName}}`.',
    [p(t('Ask '), t('high', 'strong'), t(' '), t('x', 'em'), t(' '), t('y', 'strike'), t(' '), t('logs', 'code'), t('.'))],
  ],
  ['two lines', 'a  \nb\nc', [p(t('a'), t(' '), t('b c'))]],
  [
    'headings, below the title',
    '# {{resourceName}}\n\n##### b\n\n###### c',
    [
      { type: 'heading', attrs: { level: 4 }, content: [t('logs')] },
      { type: 'heading', attrs: { level: 5 }, content: [t('b')] },
      { type: 'heading', attrs: { level: 6 }, content: [t('c')] },
    ],
  ],
  [
    'lists',
    '1. a\n   - b\n2. c',
    [
      {
        type: 'orderedList',
        content: [
          { type: 'listItem', content: [p(t('a')), { type: 'bulletList', content: [{ type: 'listItem', content: [p(t('b'))] }] }] },
          { type: 'listItem', content: [p(t('c'))] },
        ],
      },
    ],
  ],
  [
    'tasks, which become a list',
    '- [ ] a\n- [x] b',
    [
      {
        type: 'bulletList',
        content: [
          { type: 'listItem', content: [p(t('a'))] },
          { type: 'listItem', content: [p(t('b'))] },
        ],
      },
    ],
  ],
  ['code with a value', '```sh\nls {{resourceName}}\n**x**\n```', [{ type: 'codeBlock', content: [t('ls logs\n**x**')] }]],
  ['a quote, in which a heading is text', '> # a\n> b', [{ type: 'blockquote', content: [p(t('a')), p(t('b'))] }]],
  ['a quote in a list', '- a\n  > b', [{ type: 'bulletList', content: [{ type: 'listItem', content: [p(t('a')), p(t('b'))] }] }]],
  ['a rule', '---', [{ type: 'rule' }]],
  [
    'a table',
    '| a | {{severity}} |\n|---|---|\n| **b** |',
    [
      {
        type: 'table',
        content: [
          {
            type: 'tableRow',
            content: [
              { type: 'tableHeader', content: [p(t('a'))] },
              { type: 'tableHeader', content: [p(t('high'))] },
            ],
          },
          {
            type: 'tableRow',
            content: [
              { type: 'tableCell', content: [p(t('b', 'strong'))] },
              { type: 'tableCell', content: [p(t(' '))] },
            ],
          },
        ],
      },
    ],
  ],
  [
    'a link',
    '[{{resourceName}}](https://wiki.example/x) a@b.example',
    [
      p({ type: 'text', text: 'logs', marks: [{ type: 'link', attrs: { href: 'https://wiki.example/x' } }] }, t(' '), {
        type: 'text',
        text: 'a@b.example',
        marks: [{ type: 'link', attrs: { href: 'mailto:a@b.example' } }],
      }),
    ],
  ],
  [
    'a picture, which becomes a link',
    '![alt](https://e.example/x.png)',
    [p(t('!'), { type: 'text', text: 'alt', marks: [{ type: 'link', attrs: { href: 'https://e.example/x.png' } }] })],
  ],
  ['HTML, which is text', '<b>x</b> <script>', [p(t('<b>x</b> <script>'))]],
  ['a document node of the converter, which is text', '<adf>{"type":"rule"}</adf>', [p(t('<adf>{"type":"rule"}</adf>'))]],
  ['nothing', '', []],
  ['a value that is not there', '{{detail.error}}', [p()]],
])('%s', (_, markdown, blocks) => {
  expect(blocksOf(markdown)).toEqual(blocks);
});

test.each([
  '**x**',
  '[x](https://evil.example)',
  '<b>',
  '# x',
  '`',
  '> x',
  '- x',
  '{{severity}}',
  '| a |',
  'https://evil.example',
  '<adf>{"type":"rule"}</adf>',
  'a\nb',
  '![x](https://evil.example)',
])('a value of %j stays a text', (name) => {
  expect(blocksOf('{{resourceName}}', `x ${name}`)).toEqual([p(t(`x ${name.replace('\n', ' ')}`))]);
});

test('a section that only an older version accepts is shown as it was written', () => {
  expect(blocksOf('[x](http://e.example)\n\n{{nope}}')).toEqual([p(t('[x](http://e.example)')), p(t('{{nope}}'))]);
});

/** All links of a document. */
const hrefsOf = (blocks: readonly AdfBlock[]): string[] =>
  [...JSON.stringify(blocks).matchAll(/"href":("(?:[^"\\]|\\.)*")/g)].map(([, href]) => JSON.parse(href ?? '""'));

test('whatever the Markdown and the values, the blocks are valid, clean, and every link is one that the rule wrote', () => {
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
    '[x](https://rule.example/a)',
    '![y](https://rule.example/b)',
    '[',
    ')',
    ']',
    '| a | b |\n|---|---|\n| ',
    ' |',
    '<adf>{"type":"media"}</adf>',
    '<b>',
    '{{resourceName}}',
    '{{detail.resource}}',
    '# ',
    '    ',
    '- [ ] ',
    '~~',
    '\\',
    '&amp;',
    '\n---\n',
    'word',
  );
  fc.assert(
    fc.property(
      fc.array(parts, { maxLength: 40 }).map((some) => some.join('')),
      nasty,
      (markdown, name) => {
        const blocks = blocksOf(markdown, name);
        expectClean(adfWords(blocks));
        for (const href of hrefsOf(blocks)) expect(href).toMatch(/^https:\/\/rule\.example\/[ab]/);
      },
    ),
    { numRuns: 300 },
  );
});
