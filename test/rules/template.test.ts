import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { templateValues } from '../../src/issues/text/template-values.ts';
import { fillTemplate } from '../../src/rules/fill-template.ts';
import { FILTER_NAMES, parseTemplate } from '../../src/rules/template.ts';
import { TEMPLATE_PATHS, templatePath, type TemplatePath, type TemplateValues } from '../../src/rules/template-paths.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { findingOf } from '../support/findings/parsed.ts';

const PATHS = Object.keys(TEMPLATE_PATHS).filter((path): path is TemplatePath => path in TEMPLATE_PATHS);

/** Each path without a value, except those that are given. */
const valuesOf = (some: Partial<TemplateValues>): TemplateValues => ({ ...NOTHING, ...some });
const NOTHING = templateValues(findingOf(externalEvent({ detail: { principal: null, action: [], isPublic: null, createdAt: null } })), {
  content: 'full',
  ruleId: '',
});

const VALUES = valuesOf({
  resourceName: 'Billing',
  access: ['read', 'write'],
  since: '2026-03-01T10:00:00.000000000Z',
  summary: 'x'.repeat(600),
});

function filled(text: string, values = VALUES): string {
  const parsed = parseTemplate(text, 'full');
  return parsed.ok ? fillTemplate(parsed.template, values) : `refused: ${parsed.message}`;
}

test.each([
  ['no placeholder', 'no placeholder'],
  ['{{resourceName}}', 'Billing'],
  ['a {{ resourceName }}{{resourceName}} b', 'a BillingBilling b'],
  ['{{resourceName | upper}} {{resourceName|lower}}', 'BILLING billing'],
  ['{{resourceName | truncate: 4}}', 'Bil…'],
  ['{{access}}', 'read, write'],
  ['{{access | join: " + " | upper}}', 'READ + WRITE'],
  ["{{access | join: ' | '}}", 'read | write'],
  ['{{since | date}}', '2026-03-01'],
  ['{{ruleId}}', ''],
  ['{{ruleId | default: "none"}}', 'none'],
  ['{{ruleId | default: "}}"}}', '}}'],
  ['{{who | default: "nobody" | upper}}', 'NOBODY'],
  ['{{resourceName | default: "none"}}', 'Billing'],
  ['{ {resourceName} }', '{ {resourceName} }'],
  ['}} is no beginning', '}} is no beginning'],
  ['{{summary}}', `${'x'.repeat(399)}…`],
])('%s becomes %s', (template, text) => {
  expect(filled(template)).toBe(text);
});

test('a value is never read as a template', () => {
  expect(filled('{{resourceName}}', valuesOf({ resourceName: '{{access}}', access: ['x'] }))).toBe('{{access}}');
});

test.each([
  ['{{', 'expected }} after every {{'],
  ['a {{resourceName', 'expected }} after every {{'],
  ['{{resourceName | default: "x}}', 'expected }} after every {{'],
  ['{{a}} {{', 'unknown path "a"'],
  ['{{}}', 'unknown path ""'],
  ['{{nope}}', 'expected one of summary, severity'],
  ['{{detail.status}}', 'unknown path "detail.status"'],
  ['{{constructor}}', 'unknown path "constructor"'],
  ['{{resourceName.length}}', 'unknown path "resourceName.length"'],
  [`{{${'x'.repeat(500)}}}`, `unknown path "${'x'.repeat(79)}…"`],
  ['{{resourceName upper}}', 'expected | and a filter after resourceName'],
  ['{{resourceName |}}', 'expected | and a filter after resourceName'],
  ['{{resourceName | nope}}', 'unknown filter "nope", expected one of truncate'],
  ['{{resourceName | truncate}}', 'expected truncate: and a whole number from 1 to 1000'],
  ['{{resourceName | truncate: 0}}', 'expected truncate: and a whole number'],
  ['{{resourceName | truncate: 1001}}', 'expected truncate: and a whole number'],
  ['{{resourceName | truncate: "4"}}', 'expected truncate: and a whole number'],
  ['{{resourceName | default}}', 'expected default: and a text in quotes'],
  ['{{resourceName | default: 4}}', 'expected default: and a text in quotes'],
  ['{{resourceName | join: ","}}', 'expected join only right after a list'],
  ['{{access | upper | join: ","}}', 'expected join only right after a list'],
  ['{{resourceName | date}}', 'expected date only right after a time'],
  ['{{since | upper | date}}', 'expected date only right after a time'],
  ['{{resourceName | upper: "x"}}', 'expected no argument after upper'],
  ['{{resourceName | upper | lower x}}', 'expected | and a filter after resourceName'],
])('%s is refused', (template, message) => {
  expect(parseTemplate(template, 'full')).toEqual({ ok: false, message: expect.stringContaining(message) });
});

test.each(PATHS)('%s can be named, and with minimal content only if it does not reveal who has access', (path) => {
  expect(parseTemplate(`{{${path}}}`, 'full').ok).toBe(true);
  expect(parseTemplate(`{{${path}}}`, 'minimal').ok).toBe(!needsFull(path));
});

function needsFull(path: TemplatePath): boolean {
  const { isPolicy, isOwner } = templatePath(path);
  return isPolicy === true || isOwner === true;
}

test('with minimal content, a path that tells the owner is refused by name', () => {
  expect(parseTemplate('{{ownerName}}', 'minimal')).toEqual({
    ok: false,
    message: 'ownerName tells whose the resource is, expected only with content "full"',
  });
});

test('with minimal content, a path that reveals access is refused by name', () => {
  expect(parseTemplate('{{who}}', 'minimal')).toEqual({
    ok: false,
    message: 'who tells who has access or what they may do, expected only with content "full"',
  });
});

test('any text is a template or is refused, and the same text always in the same way', () => {
  const parts = fc.constantFrom(
    '{{',
    '}}',
    '{',
    '}',
    '|',
    ':',
    '"',
    "'",
    'resourceName',
    'access',
    'upper',
    'join',
    ' ',
    '9',
    '\n',
    '\ud800',
  );
  fc.assert(
    fc.property(
      fc.array(parts, { maxLength: 30 }).map((some) => some.join('')),
      (text) => {
        const parsed = parseTemplate(text, 'full');
        expect(parseTemplate(text, 'full')).toEqual(parsed);
        const out = parsed.ok ? fillTemplate(parsed.template, VALUES) : 'refused';
        expect(text.includes('{{') ? text : out).toBe(text);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('docs/rules.md names every path with its example, and every filter', () => {
  const document = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8');
  for (const path of PATHS)
    expect(document).toContain(
      `| \`${path}\` | ${templatePath(path).kind}${needsFull(path) ? ', not with `minimal`' : ''} | \`${templatePath(path).example}\` |`,
    );
  for (const name of FILTER_NAMES) expect(document).toMatch(new RegExp(`^\\| \`${name}`, 'm'));
});
