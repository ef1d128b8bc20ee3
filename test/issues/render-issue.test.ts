import AjvDraft04 from 'ajv-draft-04';
import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import { closingComment, correctionComment, noWayComment, reopeningComment, twinComment } from '../../src/issues/comments.ts';
import type { IssueDraft } from '../../src/issues/issue-draft.ts';
import type { RenderInput } from '../../src/issues/render-input.ts';
import { renderIssue } from '../../src/issues/render-issue.ts';
import { externalEvent, internalEvent, unusedEvent } from '../support/finding-events.ts';
import { issueRoute } from '../support/issue-route.ts';
import { findingOf } from '../support/service-parts.ts';

const validAdf = new AjvDraft04.default({ strict: false, allErrors: false }).compile(
  JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@atlaskit/adf-schema/dist/json-schema/v1/full.json'), 'utf8')),
);

/** What Jira refuses to take more of: 32,767; we stay below. */
const MAX_DESCRIPTION = 30_000;
const NOW = Date.parse('2026-03-01T23:30:00Z');
const ROUTE = issueRoute({ ruleId: 'all', priority: 'High', labels: ['security'], dueInDays: 3 });

const rendered = (findings: RenderInput['findings'], route = ROUTE, more: Partial<RenderInput> = {}): IssueDraft =>
  renderIssue({ findings, route, nowMs: NOW, details: 'there', follows: [], ...more });

const words = (node: unknown): string =>
  [...JSON.stringify(node).matchAll(/"text":("(?:[^"\\]|\\.)*")/g)].map(([, text]) => JSON.parse(text ?? '""')).join('');

/** Neither a control character, save a newline where a text may have one, nor half of a surrogate pair. */
function expectClean(text: string): void {
  expect(text.isWellFormed()).toBe(true);
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
}

function expectSendable(findings: readonly [Finding, ...Finding[]]): void {
  const draft = rendered(findings);
  expect(draft.summary.length).toBeGreaterThan(0);
  expect(draft.summary.length).toBeLessThanOrEqual(255);
  expect(draft.summary).not.toContain('\n');
  expectClean(draft.summary);
  const json = JSON.stringify(draft.description);
  expect(json.length).toBeLessThanOrEqual(MAX_DESCRIPTION);
  expectClean(words(draft.description));
  validAdf(draft.description);
  expect(validAdf.errors ?? null).toBeNull();
  for (const label of draft.labels) expect(label).toMatch(/^\S{1,255}$/);
}

const external = (detail: Readonly<Record<string, unknown>> = {}): Finding => findingOf(externalEvent({ detail }));

test('the issue of a public bucket', () => {
  const draft = rendered([external()]);
  expect(draft).toMatchObject({
    projectKey: 'SEC',
    issueType: 'Task',
    priority: 'High',
    dueDate: '2026-03-04',
    labels: ['findings-to-jira', 'security'],
  });
  expect(draft.summary).toBe('S3 bucket billing-export is public (s3:GetObject)');
  const text = words(draft.description);
  for (const said of [
    'arn:aws:s3:::billing-export',
    '444455556666',
    'everyone',
    's3:GetObject',
    '2026-03-01',
    '22222222-dcba-4444-dcba-000000000001',
  ])
    expect(text).toContain(said);
  expect(text).toContain(
    'aws accessanalyzer get-finding-v2 --analyzer-arn arn:aws:access-analyzer:us-west-2:111122223333:analyzer/Company',
  );
  expect(text).not.toContain('Findings of this issue');
});

test.each<readonly [string, Finding, string]>([
  [
    'another account',
    external({ isPublic: false, principal: { AWS: '999988887777' } }),
    'S3 bucket billing-export is open outside its zone of trust to account 999988887777 (s3:GetObject)',
  ],
  [
    'many actions and principals',
    external({ isPublic: false, principal: { AWS: ['1', '2', '3'] }, action: ['c', 'b', 'a'] }),
    'S3 bucket billing-export is open outside its zone of trust to 1 and 2 more (a, b and 1 more)',
  ],
  ['an error', external({ error: 'ACCESS_DENIED' }), 'S3 bucket billing-export could not be analysed (ACCESS_DENIED)'],
  [
    'unused permissions',
    findingOf(unusedEvent({ detail: { numberOfUnusedServices: 2 } })),
    'IAM role Reporting has permissions that are not used (2 services, 1 actions)',
  ],
  ['an unused role', findingOf(unusedEvent({ detail: { findingType: 'UnusedIAMRole' } })), 'IAM role Reporting is not used by anyone'],
  [
    'an unused key',
    findingOf(unusedEvent({ detail: { findingType: 'UnusedIAMUserAccessKey', resourceType: 'AWS::IAM::User' } })),
    'IAM user Reporting has an access key that is not used',
  ],
  [
    'an unused password',
    findingOf(unusedEvent({ detail: { findingType: 'UnusedIAMUserPassword' } })),
    'IAM role Reporting has a password that is not used',
  ],
  [
    'unused access of a new kind',
    findingOf(unusedEvent({ detail: { findingType: 'UnusedCar' } })),
    'IAM role Reporting has access that is not used (UnusedCar)',
  ],
  [
    'internal access',
    findingOf(internalEvent()),
    'S3 bucket critical-data is open inside the organization to arn:aws:iam::444455556666:role/Reader (s3:GetObject)',
  ],
  ['a type that we do not know', external({ resourceType: 'AWS::New::Thing' }), 'New Thing billing-export is public (s3:GetObject)'],
  ['a summary that would be too long', external({ resource: `arn:aws:s3:::${'b'.repeat(300)}` }), `S3 bucket ${'b'.repeat(244)}…`],
])('the summary for %s', (_, finding, summary) => {
  expect(rendered([finding]).summary).toBe(summary);
  expectSendable([finding]);
});

test('a summary is cut between characters, never within one', () => {
  const { summary } = rendered([external({ resource: `arn:aws:s3:::${'🪣'.repeat(200)}` })]);
  expect(summary.length).toBeLessThanOrEqual(255);
  expect(summary.endsWith('🪣…')).toBe(true);
});

test.each<readonly [number | null, string | null]>([
  [0, '2026-03-01'],
  [1, '2026-03-02'],
  [30, '2026-03-31'],
  [3650, '2036-02-27'],
  [null, null],
])('due in %s days: %s, in UTC', (dueInDays, dueDate) => {
  expect(rendered([external()], { ...ROUTE, dueInDays }).dueDate).toBe(dueDate);
});

test('labels are ours and the rule’s, each once', () => {
  expect(rendered([external()], { ...ROUTE, labels: ['a', 'findings-to-jira', 'a'], priority: null })).toMatchObject({
    labels: ['findings-to-jira', 'a'],
    priority: null,
  });
});

test('an issue of several findings lists them, up to a number', () => {
  const findings = Array.from({ length: 100 }, (_, index) => external({ id: `finding-${index}` }));
  const [lead = external(), ...rest] = findings;
  const text = words(rendered([lead, ...rest]).description);
  expect(text).toContain('finding-24');
  expect(text).not.toContain('finding-25');
  expect(text).toContain('and 75 more');
  expectSendable([lead, ...rest]);
});

const NASTY = [
  '"',
  '\\',
  '\n',
  '\u0000',
  '\u009f',
  '\ud800',
  '\udc00',
  '🪣',
  '👩‍👩‍👧',
  'مرحبا',
  '\u202e',
  '\u2028',
  '<script>',
  '{code}',
  '[x|y]',
  "'",
  '`',
  '\u0007',
  '$(id)',
  ' ',
  '\t',
  '\ufffe',
];

/** Up to 4 KB of one nasty thing, or a mixture of many. */
const nasty: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(fc.constantFrom(...NASTY), fc.nat(4_096)).map(([part, size]) => part.repeat(Math.ceil(size / part.length)).slice(0, size)),
  fc.array(fc.constantFrom(...NASTY), { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
);
const upTo = (most: number): fc.Arbitrary<string> => nasty.map((text) => text.slice(0, most) || 'x');
const many = fc.oneof(
  fc.array(nasty, { maxLength: 3 }),
  nasty.map((text) => Array.from({ length: 500 }, () => text.slice(0, 200))),
);

const hostileDetail = fc.record(
  {
    id: upTo(4_096),
    resource: upTo(2_048),
    resourceType: upTo(256),
    accountId: upTo(4_096),
    region: upTo(4_096),
    findingType: upTo(4_096),
    error: upTo(4_096),
    isPublic: fc.boolean(),
    principal: fc.oneof(many, fc.dictionary(nasty, many, { maxKeys: 2 })),
    action: many,
    condition: fc.dictionary(nasty, nasty, { maxKeys: 3 }),
    numberOfUnusedServices: fc.double(),
  },
  { requiredKeys: ['id', 'resource'] },
);

const hostile: fc.Arbitrary<Finding> = fc
  .tuple(fc.constantFrom(externalEvent, internalEvent, unusedEvent), hostileDetail, upTo(2_000))
  .map(([event, { id, ...detail }, name]) =>
    findingOf(
      event({
        account: name.slice(0, 64),
        resources: [`arn:aws:access-analyzer:us-west-2:111122223333:${name.replaceAll('|', '')}`],
        detail: { ...detail, id, findingId: id },
      }),
    ),
  );

test('whatever a finding holds, what is made of it is what Jira takes', () => {
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 1, maxLength: 3 }), fc.constantFrom(1, 1, 40), ([first = external(), ...rest], times) => {
      expectSendable([first, ...Array.from({ length: times }, () => rest).flat()]);
    }),
    { numRuns: 300 },
  );
});

test.each(['"', '\\', '\n', '\ud800', '🪣', 'مرحبا', "'"].map((part) => [JSON.stringify(part), part]))(
  '5,000 values of 4 KB of %s still fit',
  (_, part) => {
    const of = (length: number): string => part.repeat(length).slice(0, length);
    const detail = {
      id: of(4_096),
      findingId: of(4_096),
      resource: of(2_048),
      resourceType: of(256),
      accountId: of(4_096),
      region: of(4_096),
      createdAt: '2026-03-01T10:00:00Z',
    };
    const overrides = { account: of(64), resources: [`arn:aws:access-analyzer:us-west-2:111122223333:${of(2_000)}`], detail };
    const values = Array.from({ length: 5_000 }, () => of(4_096));
    const manyShort = Array.from({ length: 5_000 }, () => of(40));
    const conditions = values.map((value, index) => ({ key: `${index}${of(40)}`, value }));
    for (const event of [externalEvent, unusedEvent, internalEvent]) {
      const finding = findingOf(event(overrides));
      const principals = values.map((value) => ({ kind: 'AWS', value }));
      expectSendable([{ ...finding, principals, actions: values, conditions }, ...Array.from({ length: 30 }, () => finding)]);
      expectSendable([{ ...finding, principals, actions: manyShort, conditions }]);
    }
  },
);

test('only a finding that AWS calls resolved, and that nothing followed, is called gone; nothing else claims a fix', () => {
  expect(words(closingComment('resolved'))).toMatch(/RESOLVED.*gone/);
  expect(words(closingComment('archived'))).toContain('the access stays');
  for (const comment of [
    ...(['archived', 'unmonitored', 'unanalysed', 'unrouted'] as const).map((because) => closingComment(because)),
    closingComment('resolved', { successor: { key: 'SEC-13' } }),
    correctionComment(),
  ]) {
    expect(words(comment).replaceAll('not a fix', '').replace('not seen to be gone', '').replace('closed as resolved', '')).not.toMatch(
      /\b(gone|fix|fixed|resolved|solved)\b/,
    );
  }
});

test('a successor is named, and linked where its address is known', () => {
  const successor = { key: 'SEC-13', url: 'https://example.atlassian.net/browse/SEC-13' };
  for (const comment of [
    closingComment('resolved', { successor }),
    closingComment('unanalysed', { successor }),
    correctionComment({ successor }),
  ]) {
    expect(JSON.stringify(comment)).toContain(
      '{"type":"text","text":"SEC-13","marks":[{"type":"link","attrs":{"href":"https://example.atlassian.net/browse/SEC-13"}}]}',
    );
  }
  expect(words(closingComment('resolved', { successor: { key: 'SEC-13' } }))).toContain('It goes on in SEC-13. Closed by');
});

test('every comment is a valid document', () => {
  for (const comment of [
    ...(['resolved', 'archived', 'unmonitored', 'unanalysed', 'unrouted'] as const).flatMap((because) => [
      closingComment(because),
      closingComment(because, { successor: { key: 'SEC-13' } }),
    ]),
    correctionComment(),
    reopeningComment('active-again'),
    reopeningComment('routed-again'),
    noWayComment('close', 'x'.repeat(40_000)),
    noWayComment('reopen', ''),
    twinComment('SEC-1'),
  ]) {
    validAdf(comment);
    expect(validAdf.errors ?? null).toBeNull();
    expect(JSON.stringify(comment).length).toBeLessThan(2_000);
  }
});

test('the validator that these tests rely on refuses what Jira refuses', () => {
  expect(validAdf({ type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text: '' }] }] })).toBe(false);
  expect(validAdf({ type: 'doc', version: 1, content: [{ type: 'text', text: 'x' }] })).toBe(false);
});
