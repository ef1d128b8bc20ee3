import { expect, test } from 'vitest';
import { consoleLink, findingCommand } from '../../../src/issues/text/finding-links.ts';
import { externalEvent, internalEvent, unusedEvent } from '../../support/findings/finding-events.ts';
import { findingOf } from '../../support/findings/parsed.ts';

const analyzer = (partition: string, region: string): { resources: string[] } => ({
  resources: [`arn:${partition}:access-analyzer:${region}:111122223333:analyzer/x`],
});

test('each kind has its page in the console of the analyzer’s Region', () => {
  expect(consoleLink(findingOf(externalEvent()))).toBe(
    'https://console.aws.amazon.com/access-analyzer/home?region=us-west-2#/findings/details/22222222-dcba-4444-dcba-000000000001',
  );
  expect(consoleLink(findingOf(unusedEvent()))).toBe(
    'https://us-west-2.console.aws.amazon.com/access-analyzer/home?region=us-west-2#/unused-access-findings?resource=arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2FReporting',
  );
  expect(consoleLink(findingOf(internalEvent()))).toBe('https://console.aws.amazon.com/access-analyzer/home?region=us-west-2');
});

test.each([
  ['aws-cn', 'cn-north-1', 'https://console.amazonaws.cn/'],
  ['aws-us-gov', 'us-gov-west-1', 'https://console.amazonaws-us-gov.com/'],
])('the console of %s', (partition, region, start) => {
  expect(consoleLink(findingOf(externalEvent(analyzer(partition, region))))?.startsWith(start)).toBe(true);
});

test.each([
  ['a partition that we do not know', analyzer('aws-eusc', 'eusc-de-east-1')],
  ['a partition named like a part of every object', analyzer('constructor', 'us-west-2')],
  ['a Region that would end the host', analyzer('aws', 'evil.example/')],
  ['a Region with a query of its own', analyzer('aws', 'x&y=#')],
  ['no Region', analyzer('aws', '')],
  ['an id that makes the link too long', { detail: { id: '"'.repeat(4_000) } }],
])('no link for %s', (_, overrides) => {
  expect(consoleLink(findingOf(externalEvent(overrides)))).toBeNull();
});

test('values in a link are encoded, half a surrogate pair included', () => {
  const link = consoleLink(findingOf(externalEvent({ detail: { id: '"><script>\ud800#?&' } })));
  expect(link).toBe(
    'https://console.aws.amazon.com/access-analyzer/home?region=us-west-2#/findings/details/%22%3E%3Cscript%3E%EF%BF%BD%23%3F%26',
  );
  expect(consoleLink(findingOf(unusedEvent({ detail: { resource: '\udc00' } })))).toContain('resource=%EF%BF%BD');
});

const of = 'arn:aws:access-analyzer:us-west-2:111122223333:analyzer/Company';

test.each([
  ['read', `aws accessanalyzer get-finding-v2 --analyzer-arn ${of} --id 22222222-dcba-4444-dcba-000000000001 --region us-west-2`],
  [
    'archive',
    `aws accessanalyzer update-findings --analyzer-arn ${of} --ids 22222222-dcba-4444-dcba-000000000001 --status ARCHIVED --region us-west-2`,
  ],
  [
    'rescan',
    `aws accessanalyzer start-resource-scan --analyzer-arn ${of} --resource-arn arn:aws:s3:::billing-export --resource-owner-account 444455556666 --region us-west-2`,
  ],
] as const)('the command to %s', (what, line) => {
  expect(findingCommand(findingOf(externalEvent()), what)).toBe(line);
});

test('an id of Security Hub leads to no page and is in no command', () => {
  const detail = { id: `${of}/arn:aws:s3:::billing-export` };
  const external = findingOf(externalEvent({ detail }));
  expect(consoleLink(external)).toBeNull();
  for (const what of ['read', 'archive', 'recommend'] as const) expect(findingCommand(external, what)).toBeNull();
  expect(findingCommand(external, 'rescan')).toContain('--resource-arn arn:aws:s3:::billing-export ');
  expect(consoleLink(findingOf(unusedEvent({ detail: { findingId: detail.id } })))).toContain('#/unused-access-findings?resource=');
});

test('an unknown analyzer has neither link nor command', () => {
  const finding = { ...findingOf(externalEvent()), analyzerArn: 'unknown' };
  expect(consoleLink(finding)).toBeNull();
  expect(findingCommand(finding, 'read')).toBeNull();
});
