import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import { closingComment, correctionComment, noPathComment, reopeningComment, duplicateComment } from '../../../src/issues/text/comments.ts';
import type { IssueDraft } from '../../../src/issues/issue-draft.ts';
import type { RenderInput } from '../../../src/issues/text/render-input.ts';
import { renderIssue } from '../../../src/issues/text/render-issue.ts';
import { adfWords, expectClean, expectValidAdf, isValidAdf } from '../../support/jira/adf-check.ts';
import { externalEvent, internalEvent, unusedEvent } from '../../support/findings/finding-events.ts';
import { hostileFinding, nasty } from '../../support/findings/hostile-findings.ts';
import { issueRoute } from '../../support/findings/issue-route.ts';
import { findingOf } from '../../support/findings/parsed.ts';

/** Jira refuses more than 32,767; we stay below. */
const MAX_DESCRIPTION = 30_000;
const NOW = Date.parse('2026-03-01T23:30:00Z');
const ROUTE = issueRoute({ ruleId: 'all', priority: 'High', labels: ['security'], dueInDays: 3 });

const rendered = (findings: RenderInput['findings'], route = ROUTE, more: Partial<RenderInput> = {}): IssueDraft =>
  renderIssue({ findings, route, nowMs: NOW, details: 'there', follows: [], ...more });

const textOf = (finding: Finding, route = ROUTE, more: Partial<RenderInput> = {}): string =>
  adfWords(rendered([finding], route, more).description);

function expectSendable(findings: RenderInput['findings'], route = ROUTE, more: Partial<RenderInput> = {}): void {
  const draft = rendered(findings, route, more);
  expect(draft.summary.length).toBeGreaterThan(0);
  expect(draft.summary.length).toBeLessThanOrEqual(255);
  expect(draft.summary).not.toMatch(/[\n\u2028\u2029]|^\s|\s$/);
  expectClean(draft.summary);
  expect(JSON.stringify(draft.description).length).toBeLessThanOrEqual(MAX_DESCRIPTION);
  expectClean(adfWords(draft.description));
  expectValidAdf(draft.description);
  for (const label of draft.labels) expect(label).toMatch(/^(?!f2j-)\S{1,255}$/);
  for (const name of draft.components) expect(name).toMatch(/^\S.{0,254}$/u);
  expectClean([...draft.labels, ...draft.components, draft.assignee ?? '', JSON.stringify(draft.fields)].join(' '));
  expect(draft.assignee?.length ?? 0).toBeLessThanOrEqual(255);
}

const external = (detail: Readonly<Record<string, unknown>> = {}): Finding => findingOf(externalEvent({ detail }));
const unused = (detail: Readonly<Record<string, unknown>> = {}): Finding => findingOf(unusedEvent({ detail }));
const internal = (detail: Readonly<Record<string, unknown>> = {}): Finding => findingOf(internalEvent({ detail }));
const role = (detail: Readonly<Record<string, unknown>>): Finding =>
  external({ resource: 'arn:aws:iam::444455556666:role/Deploy', resourceType: 'AWS::IAM::Role', action: ['sts:AssumeRole'], ...detail });

test('the issue of a public bucket', () => {
  const draft = rendered([external()]);
  expect(draft).toMatchObject({
    projectKey: 'SEC',
    issueType: 'Task',
    severity: 'high',
    priority: 'High',
    dueDate: '2026-03-04',
    labels: ['findings-to-jira', 'security'],
  });
  expect(draft.summary).toBe('S3 bucket billing-export is public (read)');
  const text = adfWords(draft.description);
  for (const expected of [
    'It belongs to account 444455556666, Region us-west-2. IAM Access Analyzer has reported this since 2026-03-01.',
    'Who: everyone',
    'May do: read (s3:GetObject)',
    'Conditions: none that the finding tells of',
    'A bucket holds files, and this one is open to everyone in the world.',
    'aws s3api put-public-access-block --bucket billing-export ',
    'mostly within 30 minutes',
    'up to 6 hours',
    '--ids 22222222-dcba-4444-dcba-000000000001 --status ARCHIVED',
    'arn:aws:s3:::billing-export',
    'aws accessanalyzer get-finding-v2 --analyzer-arn arn:aws:access-analyzer:us-west-2:111122223333:analyzer/Company',
  ])
    expect(text).toContain(expected);
  for (const notSaid of ['findings of this issue', 'Follows', 'CAPITALS', 'too long']) expect(text).not.toContain(notSaid);
});

test.each<readonly [string, Finding, string]>([
  [
    'another account',
    external({ isPublic: false, principal: { AWS: '999988887777' } }),
    'S3 bucket billing-export is open to account 999988887777 (read)',
  ],
  [
    'many actions and principals',
    external({ isPublic: false, principal: { AWS: ['1', '2', '3'] }, action: ['s3:PutObject', 's3:GetObject', 's3:PutBucketPolicy'] }),
    'S3 bucket billing-export is open to 1 and 2 more (read, write, administer)',
  ],
  [
    'no principal named',
    external({ isPublic: false, principal: undefined }),
    'S3 bucket billing-export is open to somebody outside (read)',
  ],
  ['no action named', external({ action: [] }), 'S3 bucket billing-export is public'],
  [
    'everyone under a condition',
    external({ isPublic: false, condition: { 'aws:SourceVpc': 'vpc-1' } }),
    'S3 bucket billing-export is open to everyone who meets the conditions (read)',
  ],
  ['a role that everyone can assume', role({ isPublic: true }), 'IAM role Deploy can be assumed by everyone'],
  [
    'a role for an identity provider',
    role({
      isPublic: false,
      principal: { Federated: 'arn:aws:iam::444455556666:oidc-provider/token.actions.githubusercontent.com' },
      action: ['sts:AssumeRoleWithWebIdentity'],
    }),
    'IAM role Deploy can be assumed by GitHub Actions (OIDC provider of account 444455556666)',
  ],
  ['a role without a named principal', role({ isPublic: null, principal: {} }), 'IAM role Deploy can be assumed by somebody outside'],
  ['denied access', external({ error: 'ACCESS_DENIED' }), 'S3 bucket billing-export cannot be analysed: access denied'],
  [
    'unused permissions that AWS could not find',
    unused({ error: 'INTERNAL_ERROR' }),
    'IAM role Reporting cannot be checked for unused permissions: internal error of AWS',
  ],
  [
    'unused access that AWS could not find',
    unused({ error: 'INTERNAL_ERROR', findingType: 'UnusedIAMRole' }),
    'IAM role Reporting cannot be checked for unused access: internal error of AWS',
  ],
  [
    'an error about one role',
    internal({ error: 'INTERNAL_ERROR' }),
    'S3 bucket critical-data cannot be analysed for role Reader of account 444455556666: internal error of AWS',
  ],
  [
    'too many principals',
    internal({ error: 'PRINCIPAL_LIMIT_EXCEEDED' }),
    'S3 bucket critical-data cannot be analysed: too many principals',
  ],
  [
    'too many errors',
    internal({ error: 'PRINCIPAL_ERRORS_LIMIT_EXCEEDED' }),
    'S3 bucket critical-data cannot be analysed: too many principals with errors',
  ],
  ['a new error', external({ error: 'NEW_ERROR' }), 'S3 bucket billing-export cannot be analysed: NEW_ERROR'],
  [
    'unused permissions',
    unused({ numberOfUnusedServices: 2, numberOfUnusedActions: 1 }),
    'IAM role Reporting has unused permissions (2 services, 1 action)',
  ],
  ['unused permissions without numbers', unused({ numberOfUnusedActions: -1 }), 'IAM role Reporting has unused permissions'],
  ['an unused role', unused({ findingType: 'UnusedIAMRole' }), 'IAM role Reporting is not used'],
  [
    'an unused key',
    unused({ findingType: 'UnusedIAMUserAccessKey', resourceType: 'AWS::IAM::User' }),
    'IAM user Reporting has an unused access key',
  ],
  [
    'an unused key whose id is known',
    unused({
      findingType: 'UnusedIAMUserAccessKey',
      resourceType: 'AWS::IAM::User',
      findingDetails: [{ unusedIamUserAccessKeyDetails: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' } }],
    }),
    'IAM user Reporting has an unused access key (AKIAIOSFODNN7EXAMPLE)',
  ],
  ['an unused password', unused({ findingType: 'UnusedIAMUserPassword' }), 'IAM role Reporting has an unused password'],
  ['unused access of a new kind', unused({ findingType: 'UnusedCar' }), 'IAM role Reporting has unused access (UnusedCar)'],
  ['internal access', internal(), 'S3 bucket critical-data is open to role Reader of account 444455556666 (read)'],
  [
    'internal access without a named principal',
    internal({ principal: null }),
    'S3 bucket critical-data is open to somebody inside the organization (read)',
  ],
  ['a type that we do not know', external({ resourceType: 'AWS::New::Thing' }), 'New Thing billing-export is public (read)'],
  ['a name like markup', external({ resource: 'arn:aws:s3:::{code}*[x|y]' }), 'S3 bucket {code}*[x|y] is public (read)'],
  ['a name like JQL', external({ resource: 'arn:aws:s3:::" OR project = X' }), 'S3 bucket " OR project = X is public (read)'],
  [
    'a name with bidirectional controls',
    external({ resource: 'arn:aws:s3:::a\u202egnp.exe\u2066b' }),
    'S3 bucket agnp.exeb is public (read)',
  ],
  ['a name in another script', external({ resource: 'arn:aws:s3:::مرحبا' }), 'S3 bucket مرحبا is public (read)'],
  [
    'an ARN without account',
    external({ resource: 'arn:aws:ec2:us-west-2::snapshot/snap-1', resourceType: 'AWS::EC2::Snapshot' }),
    'EBS snapshot snap-1 is public (read)',
  ],
  ['lines', external({ resource: 'arn:aws:s3:::a\n\u2028b' }), 'S3 bucket a b is public (read)'],
  [
    'a name that is too long, which is cut',
    external({ resource: `arn:aws:s3:::${'b'.repeat(300)}` }),
    `S3 bucket ${'b'.repeat(255 - 'S3 bucket … is public (read)'.length)}… is public (read)`,
  ],
])('the summary for %s', (_, finding, summary) => {
  expect(rendered([finding]).summary).toBe(summary);
  expectSendable([finding]);
});

test('a name is cut between characters, never within one', () => {
  const { summary } = rendered([external({ resource: `arn:aws:s3:::${'🪣'.repeat(200)}` })]);
  expect(summary.length).toBeLessThanOrEqual(255);
  expect(summary).toMatch(/^S3 bucket (?:🪣)+… is public \(read\)$/u);
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

test('an issue of several findings of the same access lists them below, up to a number, and archives the first few', () => {
  const findings = Array.from({ length: 100 }, (_, index) => external({ id: `finding-${index}` }));
  const [lead = external(), ...rest] = findings;
  const text = adfWords(rendered([lead, ...rest]).description);
  expect(text).toContain('The 100 findings of this issue');
  expect(text).toContain('finding-24');
  expect(text).not.toContain('finding-25');
  expect(text).toContain('and 75 more');
  expect(text.indexOf('The 100 findings')).toBeGreaterThan(text.indexOf('Facts'));
  expect(text.match(/--status ARCHIVED/g)).toHaveLength(5);
  expect(text).toContain('The other 95 findings of this issue have to be archived as well.');
  expectSendable([lead, ...rest]);
});

test('an issue of several findings of different access lists each before anything else', () => {
  const findings = [
    external({ id: 'a', isPublic: false, principal: { AWS: '999988887777' } }),
    external({ id: 'b', isPublic: false, principal: { AWS: '888877776666' }, status: 'RESOLVED' }),
  ] as const;
  const text = adfWords(rendered(findings).description);
  expect(text).toContain('S3 bucket billing-export is open to account 999988887777 (read): a in us-west-2');
  expect(text).toContain('S3 bucket billing-export is open to account 888877776666 (read): b in us-west-2, resolved');
  expect(text.indexOf('The 2 findings')).toBeLessThan(text.indexOf('Why it matters'));
});

test('the followed issue is named, and linked if its address is known', () => {
  const { description } = rendered([external()], ROUTE, {
    follows: [{ key: 'SEC-12', url: 'https://example.atlassian.net/browse/SEC-12' }, { key: 'SEC-9' }],
  });
  expect(adfWords(description)).toContain('Follows SEC-12, SEC-9: the same resource');
  expect(JSON.stringify(description)).toContain('"href":"https://example.atlassian.net/browse/SEC-12"');
});

test.each<readonly [string, Finding, readonly string[]]>([
  [
    'external access to something else',
    external({ resourceType: 'AWS::SQS::Queue' }),
    ['mostly within 30 minutes', 'comes back as a new finding'],
  ],
  [
    'internal access',
    internal(),
    ['within a day at the latest', 'From: inside the same account (444455556666)', 'this one is marked as worth watching'],
  ],
  ['unused access', unused(), ['with the next run of the analyzer', 'This role or user may do more than it ever does.']],
  [
    'an error',
    external({ error: 'ACCESS_DENIED' }),
    ['closes automatically once the analysis works', 'AWSServiceRoleForAccessAnalyzer', 'it is unknown who can reach it'],
  ],
  [
    'an analyzer of an AWS service',
    findingOf(unusedEvent({ analyzerArn: 'arn:aws:access-analyzer:us-east-1:111122223333:analyzer/_AccessAnalyzerForSecurityHub-x' })),
    ['cannot archive: suppress the finding in that service'],
  ],
  [
    'a message without an analyzer',
    findingOf(externalEvent({ analyzerArn: 'unknown' })),
    ['did not name its analyzer', 'Look in IAM Access Analyzer for the id 22222222'],
  ],
  [
    'an error of one principal',
    internal({ error: 'INTERNAL_ERROR' }),
    [
      'What could not be analysed is the access of role Reader of account 444455556666.',
      'what one role or user can do with this resource',
      'it is unknown whether this one role or user can reach it',
      'simplify very large or unusual policies of that role or user',
      'It then stays unknown whether this one role or user can reach the resource.',
    ],
  ],
  [
    'an error of unused access',
    unused({ error: 'INTERNAL_ERROR' }),
    [
      'what this role or user has used',
      'AWS reports nothing unused here',
      'Wait for the next run of the analyzer',
      'Unused access of this role or user then stays unseen.',
    ],
  ],
  [
    'a restriction that AWS did not evaluate',
    external({ resourceControlPolicyRestrictionType: 'APPLICABLE' }),
    ['the real access may be narrower'],
  ],
  [
    'an access point',
    external({
      sources: [
        {
          type: 'S3_ACCESS_POINT',
          detail: { accessPointArn: 'arn:aws:s3:us-west-2:444455556666:accesspoint/reports', accessPointAccount: '444455556666' },
        },
      ],
    }),
    ['Let in by: the access point reports of account 444455556666', '--account-id 444455556666 --name reports'],
  ],
  [
    'a name for no shell',
    external({ resource: 'arn:aws:s3:::--debug' }),
    ['A command is left out: a name holds characters that should not be pasted into a shell.'],
  ],
])('the text for %s', (_, finding, expected) => {
  for (const words of expected) expect(textOf(finding)).toContain(words);
  expectSendable([finding]);
});

test('a command never holds a value that a shell or the AWS CLI would run or read', () => {
  for (const name of ['$(id)', '`id`', "'; id; '", 'file:///etc/passwd', '--endpoint-url=https://evil.example', 'a\nid']) {
    const { description } = rendered([external({ resource: `arn:aws:s3:::x/${name}` })]);
    const commands =
      JSON.stringify(description)
        .match(/"type":"codeBlock"[^\]]*/g)
        ?.join('') ?? '';
    expect(commands).not.toContain(`--bucket ${name}`);
  }
});

test('a message without an analyzer has neither link nor command for its finding', () => {
  const json = JSON.stringify(rendered([findingOf(externalEvent({ analyzerArn: 'unknown' }))]).description);
  expect(json).not.toMatch(/aws accessanalyzer (?!check-no-public-access)/);
  expect(json).not.toContain('access-analyzer/home');
  expect(json).toContain('console.aws.amazon.com/s3/buckets/billing-export');
});

test('a finding without an id of Access Analyzer has neither link nor command with one', () => {
  const id = 'arn:aws:access-analyzer:us-west-2:111122223333:analyzer/Company/arn:aws:s3:::billing-export';
  const json = JSON.stringify(rendered([external({ id })]).description);
  expect(json).not.toContain('access-analyzer/home');
  expect(json).not.toMatch(/--ids? /);
  expect(json).toContain('Finding in Security Hub');
  expect(json).toContain('without its id in IAM Access Analyzer');
  expect(json).toContain('start-resource-scan');
});

test('links to the console lead through the sign-in page of the rule, each to its own account', () => {
  const consoleLink = 'https://acme.awsapps.com/start/#/console?account_id={account}&destination={link}';
  const { description } = rendered([findingOf(externalEvent())], { ...ROUTE, consoleLink });
  const hrefs = [...JSON.stringify(description).matchAll(/"href":"([^"]*)"/g)].map(([, href]) => href);
  expect(hrefs.map((href) => href?.slice(0, 100))).toEqual([
    expect.stringMatching(/^https:\/\/acme\.awsapps\.com\/start\/#\/console\?account_id=111122223333&destination=https%3A%2F%2F/),
    expect.stringMatching(/^https:\/\/acme\.awsapps\.com\/start\/#\/console\?account_id=444455556666&destination=https%3A%2F%2F/),
  ]);
});

test('minimal content hides principals and actions, but shows the resource and the commands', () => {
  const finding = external({
    isPublic: false,
    principal: { AWS: 'arn:aws:iam::999988887777:role/Partner' },
    condition: { 'sts:ExternalId': 'secret-word' },
    sources: [
      {
        type: 'S3_ACCESS_POINT',
        detail: { accessPointArn: 'arn:aws:s3:us-west-2:444455556666:accesspoint/reports', accessPointAccount: '777766665555' },
      },
    ],
    resourceControlPolicyRestrictionType: 'APPLICABLE',
  });
  const draft = rendered([finding, { ...finding, findingId: 'other' }], { ...ROUTE, content: 'minimal' });
  expect(draft.summary).toBe('S3 bucket billing-export has external access to look at');
  const json = JSON.stringify(draft);
  for (const hidden of [
    '999988887777',
    'Partner',
    's3:GetObject',
    'secret-word',
    'reports',
    '777766665555',
    'APPLICABLE',
    '"Public"',
    'everyone in the world',
  ])
    expect(json).not.toContain(hidden);
  for (const shown of [
    'billing-export',
    '22222222-dcba-4444-dcba-000000000001',
    'console.aws.amazon.com',
    'get-bucket-policy',
    '--status ARCHIVED',
  ])
    expect(json).toContain(shown);
});

test('minimal content of unused access hides the unused permissions and the recommendation of AWS', () => {
  const finding = unused({
    findingType: 'UnusedPermission',
    findingDetails: [
      { unusedPermissionDetails: { serviceNamespace: 'dynamodb', actions: [{ action: 'PutItem' }] } },
      { unusedIamUserAccessKeyDetails: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' } },
    ],
    recommendedSteps: [
      { unusedPermissionsRecommendedStep: { recommendedAction: 'CREATE_POLICY', recommendedPolicy: '{"Version":"2012-10-17"}' } },
    ],
  });
  const json = JSON.stringify(rendered([finding], { ...ROUTE, content: 'minimal' }));
  for (const hidden of ['dynamodb', 'PutItem', 'AKIA', '2012-10-17', 'recommend']) expect(json).not.toContain(hidden);
  const full = JSON.stringify(rendered([finding]));
  for (const shown of ['dynamodb', 'PutItem', 'AKIA', '2012-10-17']) expect(full).toContain(shown);
});

test('a rule’s summary is filled in, and the default replaces an empty one', () => {
  const withSummary = (summary: string, finding = external()): string => rendered([finding], { ...ROUTE, summary }).summary;
  expect(withSummary('[{{severity | upper}}] {{summary}}')).toBe('[HIGH] S3 bucket billing-export is public (read)');
  expect(withSummary('{{detail.error}}')).toBe('S3 bucket billing-export is public (read)');
  expect(withSummary('{{resourceName}}', external({ resource: 'arn:aws:s3:::{{severity}}' }))).toBe('{{severity}}');
  expect(withSummary(`x\n\n{{who | join: "\n"}}\t`)).toBe('x everyone');
  expect(withSummary('{{resourceName}} '.repeat(20), external({ resource: `arn:aws:s3:::${'n'.repeat(60)}` })).length).toBe(255);
});

test('a rule’s sections come before the fix', () => {
  const { description } = rendered([external()], {
    ...ROUTE,
    sections: [{ title: 'Runbook', text: 'Ask **{{who}}** in [the wiki](https://wiki.example/x).' }],
  });
  const text = adfWords(description);
  expect(text).toContain('\nRunbook\nAsk everyone in the wiki.');
  expect(text.indexOf('Runbook')).toBeLessThan(text.indexOf('How to fix it'));
  expectValidAdf(description);
});

test('parts of a description that is too long are cut in order, and the text says so: first the list of findings, then policies, facts, sections', () => {
  const finding = unused({
    recommendedSteps: [
      { unusedPermissionsRecommendedStep: { recommendedAction: 'CREATE_POLICY', recommendedPolicy: `"${'p'.repeat(9_000)}"` } },
    ],
  });
  const sections = Array.from({ length: 4 }, (_, index) => ({ title: `Section ${index}`, text: 'word '.repeat(900) }));
  const one = rendered([finding], { ...ROUTE, sections });
  expect(adfWords(one.description)).toContain(
    'This text was too long for Jira. Shortened or left out: the recommended policies. The finding in AWS has all of it; the link above leads there.',
  );
  expect(adfWords(one.description)).toContain('Section 3');
  const text = adfWords(rendered([finding], { ...ROUTE, sections: [...sections, ...sections] }).description);
  expect(text).toContain('Shortened or left out: the recommended policies, facts, sections of the rule.');
  expect(text).toContain('Section 0');
  for (const kept of ['Why it matters', 'How to fix it', 'This issue closes automatically', '--status ARCHIVED'])
    expect(text).toContain(kept);
});

const template = fc.constantFrom(
  null,
  '{{summary}}',
  '{{resourceName | upper}} {{who | join: "; "}} {{detail.condition | truncate: 20}}',
  '{{findingType}}',
);
const markdown = fc.constantFrom(
  '{{who}}',
  '# {{resourceName}}\n\n- **{{who}}** `{{detail.action}}`\n  1. {{summary}}\n\n> {{region}}\n\n```\n{{detail.condition}}\n```\n\n| {{severity}} | b |\n|---|---|\n| {{accountId}} | 2 |\n\n---',
  '[{{resourceName}}](https://wiki.example/runbook)',
  'word '.repeat(900),
);
const input: fc.Arbitrary<RenderInput> = fc.record({
  findings: fc
    .tuple(fc.array(hostileFinding, { minLength: 1, maxLength: 3 }), fc.constantFrom(1, 1, 40))
    .map(([[first = external(), ...rest], times]): RenderInput['findings'] => [first, ...Array.from({ length: times }, () => rest).flat()]),
  route: fc
    .record({
      content: fc.constantFrom('full' as const, 'minimal' as const),
      summary: template,
      labels: fc.constantFrom([], ['{{resourceName}}', 'a {{detail.resource}}', '{{detail.principal}}', 'fixed']),
      components: fc.constantFrom([], ['{{resourceName}}', '{{who}} x', '{{resourceName}}', 'fixed']),
      assignee: fc.constantFrom(null, '{{resourceName}}@example.com'),
      fields: fc.constantFrom({}, { A: '{{detail.resource}}', B: [{ c: ['{{detail.condition}}', 1, null] }] }),
      sections: fc.array(
        fc.record({
          title: fc.oneof(
            fc.constant('Runbook'),
            nasty.map((text) => `T${text.slice(0, 199)}`),
          ),
          text: markdown,
        }),
        { maxLength: 10 },
      ),
    })
    .map((some) => issueRoute(some)),
  nowMs: fc.constant(NOW),
  details: fc.oneof(
    fc.constantFrom('there' as const, 'awaited' as const),
    nasty.map((missing) => ({ missing })),
  ),
  follows: fc.array(fc.constantFrom({ key: 'SEC-1' }, { key: 'SEC-2', url: 'https://example.atlassian.net/browse/SEC-2' }), {
    maxLength: 60,
  }),
});

test('for every finding and rule, Jira takes the issue; the same input yields the same issue, and the input is not changed', () => {
  fc.assert(
    fc.property(input, ({ findings, route, ...more }) => {
      const before = structuredClone({ findings, route, ...more });
      expectSendable(findings, route, more);
      expect(rendered(findings, route, more)).toEqual(rendered(structuredClone(findings), structuredClone(route), structuredClone(more)));
      expect({ findings, route, ...more }).toEqual(before);
    }),
    { numRuns: 100 },
  );
});

test('templates in labels, components, assignee and fields take the values of the finding, at any depth; what is no template stays', () => {
  const route = issueRoute({
    labels: ['fixed', 'account {{accountId}}', '{{detail.error}}', '{{resourceWords}}'],
    components: ['Storage', '{{resourceName}}', '{{detail.error}}', '{{resourceName | upper}}', '{{resourceName}}'],
    assignee: 'aws-{{accountId}}@example.com',
    fallbackAssignee: 'lead@example.com',
    fields: { A: 'fixed', 'B.c': [{ '{{kind}}': ['{{kind}}', 1] }], C: '{{detail.error}}' },
  });
  expect(rendered([external()], route)).toMatchObject({
    labels: ['findings-to-jira', 'fixed', 'account-444455556666', 'S3-bucket'],
    components: ['Storage', 'billing-export', 'BILLING-EXPORT'],
    assignee: 'aws-444455556666@example.com',
    fallbackAssignee: 'lead@example.com',
    fields: { A: 'fixed', 'B.c': [{ '{{kind}}': ['external', 1] }], C: '' },
    filled: ['components[1]', 'components[2]', 'fields["B.c"]', 'fields.C'],
  });
  const old = issueRoute({ content: 'minimal', labels: ['{{who}}'], fields: { A: ['{{finding.id}}', '{{who}}', '{{kind}}'] } });
  expect(rendered([external()], old)).toMatchObject({
    labels: ['findings-to-jira', '{{who}}'],
    fields: { A: ['{{finding.id}}', '{{who}}', 'external'] },
  });
  const long = external({ resource: `arn:aws:s3:::${'x y'.repeat(600)}` });
  const { labels, components } = rendered([long], route);
  expect([labels.length, components.map(({ length }) => length)]).toEqual([4, [7, 255, 255]]);
});

test.each(['"', '\\', '\n', '\ud800', '🪣', 'مرحبا', "'", '\u202e'].map((part) => [JSON.stringify(part), part]))(
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
    const unusedDetails = values.map((value) => ({
      kind: 'permission' as const,
      serviceNamespace: value,
      lastAccessed: null,
      actions: manyShort.slice(0, 50).map((action) => ({ action, lastAccessed: null })),
    }));
    for (const event of [externalEvent, unusedEvent, internalEvent]) {
      const finding = findingOf(event(overrides));
      const principals = values.map((value) => ({ kind: 'AWS', value }));
      expectSendable([
        { ...finding, principals, actions: values, conditions, unusedDetails },
        ...Array.from({ length: 30 }, () => finding),
      ]);
      expectSendable([{ ...finding, principals, actions: manyShort, conditions }]);
    }
  },
);

test('5,000 actions are counted, and the first of them shown', () => {
  const text = textOf(external({ action: Array.from({ length: 5_000 }, (_, index) => `s3:GetThing${String(index).padStart(4, '0')}`) }));
  expect(text).toMatch(/s3:GetThing0000, s3:GetThing0001, .* and \d+ more; the finding in AWS lists them all/);
});

test('a thousand findings of one issue still fit', () => {
  const [lead = external(), ...rest] = Array.from({ length: 1_000 }, (_, index) =>
    external({ id: `${index}`.padStart(36, '0'), principal: { AWS: `${index}` } }),
  );
  expectSendable([lead, ...rest]);
});

test('only a resolved finding without a successor is called gone; no other comment claims a fix', () => {
  expect(adfWords(closingComment('resolved'))).toMatch(/RESOLVED.*gone/);
  expect(adfWords(closingComment('archived'))).toContain('the access stays');
  for (const comment of [
    ...(['archived', 'ended', 'unmonitored', 'unanalysed', 'unrouted'] as const).map((because) => closingComment(because)),
    closingComment('resolved', { successor: { key: 'SEC-13' } }),
    correctionComment(),
  ]) {
    expect(adfWords(comment).replaceAll('not a fix', '').replace('not seen to be gone', '').replace('closed as resolved', '')).not.toMatch(
      /\b(gone|fix|fixed|resolved|solved)\b/,
    );
  }
});

test('a successor is named, and linked if its address is known', () => {
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
  expect(adfWords(closingComment('resolved', { successor: { key: 'SEC-13' } }))).toContain('It goes on in SEC-13. Closed by');
});

test('every comment is a valid document', () => {
  for (const comment of [
    ...(['resolved', 'archived', 'ended', 'unmonitored', 'unanalysed', 'unrouted'] as const).flatMap((because) => [
      closingComment(because),
      closingComment(because, { successor: { key: 'SEC-13' } }),
    ]),
    correctionComment(),
    reopeningComment('active-again'),
    reopeningComment('routed-again'),
    noPathComment('close', 'x'.repeat(40_000)),
    noPathComment('reopen', ''),
    duplicateComment('SEC-1'),
  ]) {
    expectValidAdf(comment);
    expect(JSON.stringify(comment).length).toBeLessThan(2_000);
  }
});

test('the validator that these tests rely on refuses what Jira refuses', () => {
  expect(isValidAdf({ type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text: '' }] }] })).toBe(false);
  expect(isValidAdf({ type: 'doc', version: 1, content: [{ type: 'text', text: 'x' }] })).toBe(false);
});
