import { expect, test } from 'vitest';
import { LOST_DATA } from '../../../src/findings/resource-types/data-risk.ts';
import type { AdfBlock, AdfDocument, AdfList } from '../../../src/issues/text/adf.ts';
import { doc, expand, paragraph, shownWords, text } from '../../../src/issues/text/adf.ts';
import { renderedCorpus, type RenderedEvent } from '../../support/findings/rendered-corpus.ts';
import { adfWords } from '../../support/jira/adf-check.ts';

const ISSUES = renderedCorpus();

const issueOf = (name: string): RenderedEvent => {
  const found = ISSUES.find((one) => one.name === name);
  if (found === undefined) throw new Error(`No event ${name}`);
  return found;
};

const textOf = (name: string): string => adfWords(issueOf(name).document);

const shownText = ({ content }: AdfDocument): string => adfWords(content.filter(({ type }) => type !== 'expand'));

const foldedText = ({ content }: AdfDocument, title: string): string =>
  adfWords(content.filter((block) => block.type === 'expand' && block.attrs.title.startsWith(title)));

const countWords = (value: string): number => value.split(/\s+/).filter((word) => word !== '').length;

const isSteps = (block: AdfBlock): block is AdfList => block.type === 'orderedList';

/** The first step of the fix. */
const firstStep = ({ content }: AdfDocument): string => {
  const list = content.find(isSteps);
  return list === undefined ? '' : adfWords(list.content[0]).trim();
};

test.each(ISSUES)('at most 250 words of $name are shown before anything is opened', ({ document }) => {
  const words = countWords(shownText(document));
  expect(words).toBeLessThanOrEqual(250);
  expect(words).toBe(shownWords(document.content));
  expect(words).toBeGreaterThan(80);
  // The rest is folded, and the facts come last.
  expect(document.content.at(-1)).toMatchObject({ type: 'expand', attrs: { title: 'Facts' } });
});

test('what is folded does not count, and neither does nothing', () => {
  expect(shownWords(doc(paragraph(text('one two'), text(' three')), expand('four', paragraph(text('five')))).content)).toBe(3);
  expect(shownWords([])).toBe(0);
});

/** The use of these leaves no management event. */
const DATA_EVENTS = /^AWS::(?:S3|S3Express|Lambda|SQS|SNS|DynamoDB|EFS|RDS)::/;

const analysed = ISSUES.filter(({ finding }) => finding.error === null);

test.each(analysed.filter(({ finding }) => finding.kind !== 'unused'))(
  'the first step of $name is to see who uses it, and nothing claims that it is unused',
  ({ document }) => {
    expect(firstStep(document)).toMatch(/^Find out who /);
    expect(adfWords(document)).not.toMatch(/\b(?:is|was|are) (?:unused|not used)\b/);
    expect(shownText(document)).toContain('what is left comes back as a new finding');
  },
);

test.each(analysed.filter(({ finding }) => finding.kind !== 'unused' && DATA_EVENTS.test(finding.resourceType)))(
  'the first step of $name says that its use is not visible',
  ({ document }) => {
    expect(firstStep(document)).toContain('not visible');
  },
);

test.each(analysed.filter(({ finding }) => finding.kind === 'unused'))(
  '$name: what is unused may be needed once a year',
  ({ document }) => {
    expect(firstStep(document)).toMatch(/needed|which keys/);
    expect(shownText(document)).toContain('closes automatically with the next run of the analyzer');
  },
);

test.each(ISSUES)('$name is in natural English', ({ document }) => {
  expect(adfWords(document)).not.toMatch(/by itself|looked at at once|\bseldom\b|\bsomebody\b/);
});

test.each([
  ['S3::Bucket, everyone', `open to everyone in the world. ${LOST_DATA}`],
  ['S3::Bucket, everyone, APPLICABLE', `open to everyone in the world, unless resource control policies stop it. ${LOST_DATA}`],
  ['S3::Bucket, everyone, FAILED_TO_EVALUATE_RCP', `open to everyone in the world, unless resource control policies stop it. ${LOST_DATA}`],
  ['SQS::Queue, everyone under conditions', 'open to everyone who meets the conditions above. It is only as closed as those conditions'],
  ['SQS::Queue, an account', 'outside your own account or organization. Anyone who takes over that account gets this access, too.'],
  ['SQS::Queue, a canonical user', 'outside your own account or organization. Anyone who takes over that account'],
  ['SQS::Queue, a service', 'open to an AWS service. The service works for all its customers'],
  ['SQS::Queue, an identity provider', 'open to users of an identity provider. The conditions decide'],
  ['SQS::Queue, a deleted role', 'still open to a role or user that was deleted. No one can use that entry today'],
])('the risk of %s is that of those who have access', (name, words) => {
  expect(textOf(name)).toContain(words);
});

test.each(ISSUES.filter(({ name }) => /, an? (?:service|deleted role)$|conditions$/.test(name)))(
  '$name: a service, a deleted role and conditions are not an account that someone takes over',
  ({ document }) => {
    expect(adfWords(document)).not.toMatch(/takes over that account|gets hold of that account/);
  },
);

test('an archive rule accepts what is left, and never everyone', () => {
  const filterOf = (name: string): unknown => {
    const [, filter] = /--filter '([^']*)'/.exec(textOf(name)) ?? [];
    return filter === undefined ? null : JSON.parse(filter);
  };
  const resource = { eq: ['arn:aws:s3:::billing-export'] };
  const isPublic = { eq: ['false'] };
  expect(filterOf('S3::Bucket, an account')).toEqual({ resource, 'principal.AWS': { eq: ['999988887777'] }, isPublic });
  expect(filterOf('S3::Bucket, two accounts')).toEqual({ resource, 'principal.AWS': { eq: ['888877776666', '999988887777'] }, isPublic });
  for (const name of ['S3::Bucket, everyone', 'S3::Bucket, everyone under conditions']) {
    expect(filterOf(name)).toEqual({ resource, 'principal.AWS': { eq: ['KEPT_ACCOUNT'] }, isPublic });
    expect(textOf(name)).toContain('Replace KEPT_ACCOUNT with the account that keeps its access.');
  }
  expect(filterOf('S3::Bucket, an identity provider')).toMatchObject({ 'principal.Federated': { eq: [expect.stringContaining('oidc')] } });
  expect(filterOf('internal S3::Bucket, a role')).toEqual({
    resource,
    'principal.AWS': { eq: ['arn:aws:iam::444455556666:role/Reader'] },
  });
  expect(filterOf('unused: permissions of a role')).toMatchObject({ findingType: { eq: ['UnusedPermission'] } });
  // Access Analyzer has no key for them, a rule without a principal would accept all, and of a deleted role nothing is left.
  for (const name of [
    'S3::Bucket, a service',
    'S3::Bucket, a deleted role',
    'S3::Bucket, a canonical user',
    'unused: a role',
    'S3::Bucket, ACCESS_DENIED',
  ])
    expect(filterOf(name)).toBeNull();
  expect(textOf('S3::Bucket, an account')).toContain('--rule-name accepted-22222222 ');
  for (const { document } of renderedCorpus('minimal')) expect(adfWords(document)).not.toContain('create-archive-rule');
});

test.each(ISSUES.filter(({ finding }) => finding.kind === 'external'))(
  '$name can be rescanned for the account that owns it',
  ({ document }) => {
    expect(foldedText(document, 'Rescan now')).toContain(' --resource-owner-account 444455556666 ');
  },
);

test.each(analysed.filter(({ finding }) => finding.kind === 'external'))(
  '$name says the fix in one sentence before the steps',
  ({ document }) => {
    expect(shownText(document)).toMatch(/\nHow to fix it\nIn short: [a-z][^\n]*\.\n/);
  },
);

test('denied access: the policy of the resource decides, never a service control policy', () => {
  for (const name of [
    'S3::Bucket, ACCESS_DENIED',
    'KMS::Key, ACCESS_DENIED',
    'internal S3::Bucket, ACCESS_DENIED',
    'unused: ACCESS_DENIED',
  ]) {
    expect(textOf(name)).toContain('Service control policies are not the cause');
    expect(textOf(name)).toContain('aws iam get-role --role-name AWSServiceRoleForAccessAnalyzer');
  }
  expect(textOf('S3::Bucket, ACCESS_DENIED')).toContain('aws s3api get-bucket-policy --bucket billing-export');
  expect(textOf('SQS::Queue, ACCESS_DENIED')).toContain('aws sqs get-queue-attributes');
  expect(textOf('KMS::Key, ACCESS_DENIED')).toMatch(/A missing Allow is enough.*\n(?:.*\n)*.*aws kms put-key-policy/);
});

/** The commands in their order. */
const inOrder = (name: string, ...commands: readonly string[]): void => {
  const whole = textOf(name);
  const places = commands.map((command) => whole.indexOf(command));
  expect(places.map((place) => place >= 0)).toEqual(commands.map(() => true));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
};

test('unused access is removed in an order that works and breaks nothing', () => {
  inOrder(
    'unused: a role',
    '--query Role.RoleLastUsed',
    '--output json > role.json',
    'iam detach-role-policy',
    'iam delete-role-policy',
    'iam remove-role-from-instance-profile',
    'iam delete-role --role-name',
  );
  inOrder('unused: a key', 'iam get-access-key-last-used', '--status Inactive', 'iam delete-access-key');
  inOrder('unused: a password', 'User.PasswordLastUsed', 'iam delete-login-profile');
  for (const of of ['role', 'user']) {
    inOrder(
      `unused: permissions of a ${of}`,
      'iam create-policy',
      `iam attach-${of}-policy`,
      `iam put-${of}-policy`,
      `iam detach-${of}-policy`,
      `iam delete-${of}-policy`,
    );
  }
  inOrder('unused: a role of a service', 'iam delete-service-linked-role', 'iam get-service-linked-role-deletion-status');
});

test.each(['unused: a role of Identity Center', 'unused: permissions of a role of Identity Center'])(
  '%s is changed by its permission set, and AWS has no recommendation for it',
  (name) => {
    expect(textOf(name)).toContain('for its permission set Admin.');
    inOrder(name, 'sso-admin list-instances', 'sso-admin list-permission-sets-provisioned', 'sso-admin list-account-assignments');
    expect(textOf(name)).not.toMatch(/generate-finding-recommendation|iam (?:delete|detach|put)-/);
  },
);

test.each(renderedCorpus('minimal'))('$name: minimal content hides who has access, and why', ({ document }) => {
  expect(adfWords(document)).not.toMatch(
    /Partner|9999888877|8888777766|7777666655|Reader\b|\bann of|AROA|githubusercontent|delivery\.logs|203\.0\.113/,
  );
});

test('internal access: the owner decides, and a snapshot has no policy', () => {
  expect(textOf('internal S3::Bucket, a role')).toMatch(/Decide, as the owner of the resource, whether Reader needs the access/);
  inOrder(
    'internal S3::Bucket, a role',
    'iam generate-service-last-accessed-details',
    'iam list-attached-role-policies',
    'get-bucket-policy',
  );
  inOrder('internal S3::Bucket, a user of another account', 'iam list-groups-for-user', 'one of them is enough', 'get-bucket-policy');
  const own = textOf('internal RDS::DBSnapshot, a role');
  expect(own).toContain('There is nothing to change at the snapshot');
  expect(own).not.toContain('aws rds');
  const other = textOf('internal RDS::DBSnapshot, a user of another account');
  expect(other).toContain('a snapshot has no policy, only attributes that name accounts');
  expect(other).toContain('--values-to-remove 777766665555 ');
});

test('the steps of a fix are numbered on where they are folded', () => {
  const { document } = issueOf('S3::Bucket, everyone');
  const lists = document.content.flatMap((block): readonly AdfBlock[] => (block.type === 'expand' ? block.content : [block]));
  const [first, second] = lists.filter(isSteps);
  expect(first?.attrs).toBeUndefined();
  expect(second?.attrs).toEqual({ order: (first?.content.length ?? 0) + 1 });
  expect(foldedText(document, 'How to fix it, continued: steps ')).toContain(`steps ${second?.attrs?.order} to `);
});

test('the words of the common types before the fold; `vitest run -u` writes the list', async () => {
  const shown = ISSUES.filter(({ name }) => /^(?:\w+::\w+, (?:everyone|an account)|unused: an? \w+|internal \w+::\w+, a role)$/.test(name));
  const lines = shown.map(({ name, document }) => `${String(shownWords(document.content)).padStart(3)} ${name}\n`);
  await expect(lines.join('')).toMatchFileSnapshot('../../fixtures/shown-words.txt');
});
