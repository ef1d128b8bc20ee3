import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { accountWords } from '../../../src/issues/text/account-words.ts';
import { renderIssue } from '../../../src/issues/text/render-issue.ts';
import type { AccountFacts } from '../../../src/rules/account-facts.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { nasty } from '../../support/findings/hostile-findings.ts';
import { issueRoute } from '../../support/findings/issue-route.ts';
import { adfWords, expectClean, expectValidAdf } from '../../support/jira/adf-check.ts';
import { findingOf } from '../../support/findings/parsed.ts';

const ID = '444455556666';
const NOTHING: AccountFacts = { name: null, state: null, unit: null };

test.each<[string, Partial<AccountFacts> | null, string]>([
  ['an id alone', null, ID],
  ['a name with the id', { name: 'billing-prod' }, `billing-prod (${ID})`],
  ['a state', { state: 'PENDING_CLOSURE' }, `${ID} (pending closure)`],
  ['both', { name: 'billing-prod', state: 'SUSPENDED' }, `billing-prod (${ID}, suspended)`],
  ['a name in lines', { name: ' a\n\tb\u0000 ' }, `a b (${ID})`],
  ['a name that can not be seen', { name: '\u0007 \n' }, ID],
  ['a long name', { name: 'x'.repeat(200) }, `${'x'.repeat(63)}… (${ID})`],
])('an account is named by %s', (_case, account, words) => {
  expect(accountWords(ID, account === null ? null : { ...NOTHING, ...account })).toBe(words);
});

test('an issue names the account wherever it names its id, its state and unit among the facts, and its name where a template wants it', () => {
  const account = { name: 'billing-prod', state: 'SUSPENDED', unit: 'Data' };
  const finding = findingOf(externalEvent({ detail: { accountId: ID } }));
  const plain = renderIssue({ findings: [finding], route: issueRoute(), nowMs: 0, details: 'there', follows: [] });
  const route = issueRoute({
    account,
    summary: '{{accountName}}: {{resourceName}}',
    sections: [{ title: 'Owner', text: 'Ask {{accountName}}' }],
  });
  const named = renderIssue({ findings: [finding], route, nowMs: 0, details: 'there', follows: [] });
  const ours = /It belongs to account|signed in to account|Owner account|\(account/g;
  const words = adfWords(named.description);
  expect(words.match(/billing-prod \(444455556666, suspended\)/g)?.length).toBe(
    adfWords(plain.description).match(/(?:belongs to account|signed in to account|Owner account\s*|\(account) ?444455556666/g)?.length,
  );
  expect(words.match(ours)?.length).toBeGreaterThan(2);
  expect(words).toContain('Data');
  expect(words).toContain('Ask billing-prod');
  expect(named.summary).toMatch(/^billing-prod: /);
  // The default summary does not name the account.
  expect(renderIssue({ findings: [finding], route: issueRoute({ account }), nowMs: 0, details: 'there', follows: [] }).summary).toBe(
    plain.summary,
  );
});

test('no name makes an issue that Jira refuses', () => {
  const finding = findingOf(externalEvent());
  fc.assert(
    fc.property(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 300 })), (name) => {
      const route = issueRoute({
        account: { name, state: name, unit: name },
        summary: '{{accountName}}',
        sections: [{ title: 't', text: '{{accountName}}' }],
      });
      const { summary, description } = renderIssue({ findings: [finding], route, nowMs: 0, details: 'there', follows: [] });
      expect(summary).toMatch(/\S/);
      expect(summary.length).toBeLessThanOrEqual(255);
      expect(summary).not.toMatch(/[\n\u2028\u2029]/);
      expectClean(summary);
      expectClean(adfWords(description));
      expectValidAdf(description);
    }),
    { numRuns: 30 },
  );
});
