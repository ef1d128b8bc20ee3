import { describe, expect, test } from 'vitest';
import type { Assumptions } from '../../src/proof/assumption.ts';
import { AWS_ASSUMPTIONS } from '../../src/proof/aws-assumptions.ts';
import { JIRA_ASSUMPTIONS } from '../../src/proof/jira-assumptions.ts';
import { codesIn, rowsUnder, textOf } from '../support/docs/read-docs.ts';

describe('docs/assumptions.md', () => {
  const text = textOf('docs/assumptions.md');

  test.each<readonly [string, Assumptions]>([
    ['Jira', JIRA_ASSUMPTIONS],
    ['AWS', AWS_ASSUMPTIONS],
  ])('has every assumption about %s and its check, and no other', (heading, assumptions) => {
    const listed = rowsUnder(text, heading).map(([id, assumed, check]) => [codesIn(id).join(), assumed, check]);
    expect(listed).toEqual(Object.entries(assumptions).map(([id, { assumed, check }]) => [id, assumed, check]));
  });

  test('says of every assumption who has confirmed it: a report, or not yet', () => {
    const confirmed = ['Jira', 'AWS'].flatMap((heading) => rowsUnder(text, heading).map((row) => row.at(-1) ?? ''));
    expect(confirmed.filter((by) => by !== 'not yet' && !/^\[.+\]\(.+\)/.test(by))).toEqual([]);
  });
});
