import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJql } from '../../../src/sandbox/jira-syntax/jql-parser.ts';

test.each([
  ['labels = "x y"', { is: 'one-of', field: 'labels', values: ['x y'] }],
  ["labels = 'it\\'s'", { is: 'one-of', field: 'labels', values: ["it's"] }],
  ['Labels IN (a, "b")', { is: 'one-of', field: 'labels', values: ['a', 'b'] }],
  ['project = SEC', { is: 'one-of', field: 'project', values: ['SEC'] }],
  ['creator = currentUser()', { is: 'one-of', field: 'creator', values: [null] }],
  ['labels not in (a, "b")', { is: 'none-of', field: 'labels', values: ['a', 'b'] }],
  ['labels IS empty', { is: 'empty', field: 'labels' }],
  ['created >= -10m', { is: 'created', operator: '>=', moment: { agoMs: 600_000 } }],
  ['created >= "-2h"', { is: 'created', operator: '>=', moment: { agoMs: 7_200_000 } }],
  ['created < -1d', { is: 'created', operator: '<', moment: { agoMs: 86_400_000 } }],
  ['created >= "2026-11-20 10:30"', { is: 'created', operator: '>=', moment: { atMs: Date.UTC(2026, 10, 20, 10, 30) } }],
  ['issuekey in (SEC-1,SEC-2)', { is: 'one-of', field: 'key', values: ['SEC-1', 'SEC-2'] }],
])('reads %s', (text, where) => {
  expect(parseJql(text)).toEqual({ ok: true, jql: { where, order: [] } });
});

test('binds AND closer than OR, and parentheses closest', () => {
  const one = (value: string) => ({ is: 'one-of', field: 'labels', values: [value] });
  expect(parseJql('labels=a OR labels=b AND labels=c')).toEqual({
    ok: true,
    jql: { where: { is: 'or', of: [one('a'), { is: 'and', of: [one('b'), one('c')] }] }, order: [] },
  });
  expect(parseJql('(labels=a or labels=b) and labels=c')).toEqual({
    ok: true,
    jql: { where: { is: 'and', of: [{ is: 'or', of: [one('a'), one('b')] }, one('c')] }, order: [] },
  });
});

test('reads the order', () => {
  const read = parseJql('project = SEC ORDER BY created DESC, key');
  expect(read.ok && read.jql.order).toEqual([
    { by: 'created', descending: true },
    { by: 'key', descending: false },
  ]);
});

test.each([
  ['', 'Unbounded JQL'],
  ['order by created', 'Unbounded JQL'],
  ['summary ~ x', "Field 'summary' does not exist"],
  ['labels != x', "The operator '!=' is not supported by the 'labels' field."],
  ['labels not x', "Expecting 'in' but got 'x'"],
  ['labels is x', "Expecting 'empty' but got 'x'"],
  ['labels = ', 'before the end of the query'],
  ['labels = "x', 'reserved JQL character'],
  ['labels in (x', "Expecting ')'"],
  ['labels = x labels = y', "Expecting either 'OR' or 'AND' but got 'labels'"],
  ['created >= yesterday', "Date value 'yesterday'"],
  ['created >= "2026-99-20 10:30"', "Date value '2026-99-20 10:30'"],
  ['created = -1d', "The operator '=' is not supported by the 'created' field."],
  ['creator = membersOf()', "Unable to find JQL function 'membersOf()'."],
  ['project = SEC order by summary', "Not able to sort using field 'summary'."],
  [`${'('.repeat(60)}labels=a${')'.repeat(60)}`, 'nested too deeply'],
])('refuses %j', (text, message) => {
  expect(parseJql(text)).toEqual({ ok: false, message: expect.stringContaining(message) });
});

test('never throws', () => {
  const words = fc.constantFrom(
    'labels',
    'created',
    'creator',
    '=',
    'in',
    '(',
    ')',
    ',',
    '>=',
    '-10m',
    '"',
    "'",
    '\\',
    'AND',
    'OR',
    'order',
    'by',
    'key',
    'currentUser',
    '"x"',
    ' ',
    '!',
    '\u0000',
  );
  const queries = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words, { maxLength: 25 }).map((all) => all.join(' ')),
    fc.array(words, { maxLength: 25 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(queries, (text) => {
      const read = parseJql(text);
      return read.ok ? read.jql.order.length >= 0 : read.message !== '';
    }),
    { numRuns: 2_000 },
  );
  expect(parseJql('('.repeat(90_000)).ok).toBe(false);
});

test('reads back any escaped label', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (label) => {
      const escaped = label.replaceAll(/["\\]/g, String.raw`\$&`);
      expect(parseJql(`labels = "${escaped}"`)).toEqual({
        ok: true,
        jql: { where: { is: 'one-of', field: 'labels', values: [label] }, order: [] },
      });
    }),
  );
});
