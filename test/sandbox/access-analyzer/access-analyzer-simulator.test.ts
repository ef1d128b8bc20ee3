import {
  AccessDeniedException,
  GetFindingCommand,
  GetFindingsStatisticsCommand,
  ListArchiveRulesCommand,
  ListFindingsCommand,
  StartResourceScanCommand,
  GenerateFindingRecommendationCommand,
  GetFindingRecommendationCommand,
  GetFindingV2Command,
  InternalServerException,
  ListAnalyzersCommand,
  ListFindingsV2Command,
  paginateGetFindingV2,
  paginateListFindingsV2,
  ResourceNotFoundException,
  ThrottlingException,
  ValidationException,
} from '@aws-sdk/client-accessanalyzer';
import { expect, test } from 'vitest';
import { openAnalyzer, policyStep, sdkClient, unusedServices } from '../../support/servers/access-analyzer.ts';
import { ANALYZER_ARN, externalEvent, internalEvent, unusedEvent } from '../../support/findings/finding-events.ts';

const UNUSED = 'b8ae0460-5d29-4922-b92a-000000000001';
const of = (id = UNUSED) => ({ analyzerArn: ANALYZER_ARN, id });

test('a finding is read with all its details, page by page', async () => {
  const analyzer = await openAnalyzer({ pageSize: 2 });
  analyzer.follow(unusedEvent(), { findingDetails: unusedServices(1, 0, 3) });
  const pages = await pagesOf(paginateGetFindingV2({ client: sdkClient(analyzer) }, of()));
  expect(pages.map(({ findingDetails }) => findingDetails?.length)).toEqual([2, 1]);
  expect(pages[0]).toMatchObject({
    id: UNUSED,
    status: 'ACTIVE',
    findingType: 'UnusedPermission',
    resource: 'arn:aws:iam::444455556666:role/Reporting',
    resourceOwnerAccount: '444455556666',
    updatedAt: new Date('2026-03-01T10:00:00.758Z'),
  });
  expect(pages[1]?.findingDetails).toEqual([{ unusedPermissionDetails: { serviceNamespace: 'service2', actions: expect.any(Array) } }]);
});

test('external and internal access have the form of the API', async () => {
  const analyzer = await openAnalyzer();
  analyzer.follow(externalEvent());
  const client = sdkClient(analyzer);
  expect(await client.send(new GetFindingV2Command(of('22222222-dcba-4444-dcba-000000000001')))).toMatchObject({
    findingType: 'ExternalAccess',
    findingDetails: [{ externalAccessDetails: { isPublic: true, principal: { AWS: '*' }, action: ['s3:GetObject'], condition: {} } }],
  });
  analyzer.follow(internalEvent());
  expect(await client.send(new GetFindingV2Command(of('33333333-2222-4444-aaaa-000000000001')))).toMatchObject({
    findingDetails: [{ internalAccessDetails: { accessType: 'INTRA_ACCOUNT', principalType: 'IAM_ROLE' } }],
  });
});

test('findings are listed page by page, and filtered; analyzers are listed by Region', async () => {
  const analyzer = await openAnalyzer({ pageSize: 40 });
  for (let n = 0; n < 100; n += 1)
    analyzer.follow(unusedEvent({ detail: { findingId: `finding-${n}`, status: n < 3 ? 'RESOLVED' : 'ACTIVE' } }));
  const client = sdkClient(analyzer);
  const pages = await pagesOf(paginateListFindingsV2({ client }, { analyzerArn: ANALYZER_ARN }));
  expect(pages.map(({ findings }) => findings?.length)).toEqual([40, 40, 20]);
  expect(pages.flatMap(({ findings = [] }) => findings.filter((finding) => 'findingDetails' in finding))).toEqual([]);
  const resolved = await client.send(
    new ListFindingsV2Command({ analyzerArn: ANALYZER_ARN, filter: { status: { eq: ['RESOLVED'] } }, maxResults: 2 }),
  );
  expect([resolved.findings?.map(({ status }) => status), resolved.nextToken]).toEqual([['RESOLVED', 'RESOLVED'], expect.any(String)]);
  expect((await client.send(new ListAnalyzersCommand({}))).analyzers?.map(({ arn }) => arn)).toEqual([ANALYZER_ARN]);
  expect((await sdkClient(analyzer, 'eu-west-1').send(new ListAnalyzersCommand({}))).analyzers).toEqual([]);
});

test('a recommendation is requested, takes a while, and is read', async () => {
  const analyzer = await openAnalyzer({ pageSize: 1 });
  const steps = [policyStep('{}'), policyStep('{"Version":"2012-10-17"}')];
  analyzer.follow(unusedEvent(), { recommendation: { steps, inProgressFor: 2, failure: null } });
  const client = sdkClient(analyzer);
  const read = (nextToken?: string) =>
    client.send(new GetFindingRecommendationCommand({ ...of(), ...(nextToken === undefined ? {} : { nextToken }) }));
  await expect(read()).rejects.toBeInstanceOf(ResourceNotFoundException);
  await client.send(new GenerateFindingRecommendationCommand(of()));
  expect([(await read()).status, (await read()).status]).toEqual(['IN_PROGRESS', 'IN_PROGRESS']);
  const first = await read();
  expect(first).toMatchObject({ status: 'SUCCEEDED', recommendedSteps: steps.slice(0, 1) });
  expect(await read(first.nextToken)).toMatchObject({ recommendedSteps: steps.slice(1) });
});

test('a recommendation may fail, and other finding types have none', async () => {
  const analyzer = await openAnalyzer();
  analyzer.follow(unusedEvent(), { recommendation: { steps: [], inProgressFor: 0, failure: { code: 'INTERNAL', message: 'no luck' } } });
  const client = sdkClient(analyzer);
  await client.send(new GenerateFindingRecommendationCommand(of()));
  expect(await client.send(new GetFindingRecommendationCommand(of()))).toMatchObject({ status: 'FAILED', error: { code: 'INTERNAL' } });
  analyzer.follow(unusedEvent({ detail: { findingType: 'UnusedIAMRole' } }));
  await expect(client.send(new GenerateFindingRecommendationCommand(of()))).rejects.toBeInstanceOf(ValidationException);
});

test('missing and denied resources are refused as AWS refuses them', async () => {
  const analyzer = await openAnalyzer();
  analyzer.follow(unusedEvent());
  const client = sdkClient(analyzer);
  await expect(client.send(new GetFindingV2Command(of('another')))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    resourceType: 'finding',
  });
  const elsewhere = { ...of(), analyzerArn: ANALYZER_ARN.replace('Company', 'Other') };
  await expect(client.send(new GetFindingV2Command(elsewhere))).rejects.toMatchObject({ resourceType: 'analyzer' });
  await expect(sdkClient(analyzer, 'eu-west-1').send(new GetFindingV2Command(of()))).rejects.toBeInstanceOf(ValidationException);
  await expect(client.send(new GetFindingV2Command({ ...of(), nextToken: 'invented' }))).rejects.toBeInstanceOf(ValidationException);
  analyzer.faults.denied = [ANALYZER_ARN];
  await expect(client.send(new GetFindingV2Command(of()))).rejects.toBeInstanceOf(AccessDeniedException);
  analyzer.faults.denied = [];
  analyzer.remove(ANALYZER_ARN, UNUSED);
  await expect(client.send(new GetFindingV2Command(of()))).rejects.toBeInstanceOf(ResourceNotFoundException);
});

test('each fault hits one call of its operation, in order', async () => {
  const analyzer = await openAnalyzer();
  analyzer.follow(unusedEvent(), { findingDetails: unusedServices(1) });
  const client = sdkClient(analyzer);
  analyzer.faults.next.push(
    { on: 'GetFindingRecommendation', fault: 'cut' },
    { on: 'GetFindingV2', fault: 'ThrottlingException', retryAfterSeconds: 7 },
    { on: 'GetFindingV2', fault: 'InternalServerException' },
    { on: 'GetFindingV2', fault: 'cut' },
    { on: 'GetFindingV2', fault: 'truncated' },
    { on: 'GetFindingV2', fault: 'garbage' },
  );
  const read = () => client.send(new GetFindingV2Command(of()));
  const throttled = await read().catch((error: unknown) => error);
  expect(throttled).toBeInstanceOf(ThrottlingException);
  expect(throttled).toMatchObject({ retryAfterSeconds: 7 });
  await expect(read()).rejects.toBeInstanceOf(InternalServerException);
  for (let n = 0; n < 3; n += 1) await expect(read()).rejects.toBeInstanceOf(Error);
  expect((await read()).findingDetails).toHaveLength(1);
  expect(analyzer.faults.next).toHaveLength(1);
  expect(analyzer.history().map(({ status }) => status)).toEqual([429, 500, 'lost', 'lost', 200, 200]);
});

test('it throttles above its limit, pages without end, and cuts connections', async () => {
  let now = 0;
  const analyzer = await openAnalyzer({ now: () => now });
  analyzer.follow(unusedEvent(), { findingDetails: unusedServices(1) });
  const client = sdkClient(analyzer);
  const read = (nextToken?: string) => client.send(new GetFindingV2Command({ ...of(), ...(nextToken === undefined ? {} : { nextToken }) }));
  analyzer.faults.requestsPerSecond = 1;
  await read();
  await expect(read()).rejects.toBeInstanceOf(ThrottlingException);
  now = 1_001;
  analyzer.faults.endlessPages = true;
  const first = await read();
  analyzer.faults.requestsPerSecond = null;
  expect((await read(first.nextToken)).nextToken).toBe(first.nextToken);
  analyzer.faults.down = true;
  await expect(read()).rejects.toBeInstanceOf(Error);
});

async function pagesOf<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

test('an analyzer of external access lists whole findings; others refuse the older calls', async () => {
  const analyzer = await openAnalyzer();
  analyzer.follow(externalEvent());
  const client = sdkClient(analyzer);
  const filter = { status: { eq: ['ACTIVE'] } };
  const whole = { isPublic: true, principal: { AWS: '*' }, action: ['s3:GetObject'], condition: {}, resourceOwnerAccount: '444455556666' };
  expect(await client.send(new ListFindingsCommand({ analyzerArn: ANALYZER_ARN, filter }))).toMatchObject({ findings: [whole] });
  expect(await client.send(new GetFindingCommand(of('22222222-dcba-4444-dcba-000000000001')))).toMatchObject({ finding: whole });
  expect(await client.send(new GetFindingsStatisticsCommand({ analyzerArn: ANALYZER_ARN }))).toMatchObject({
    findingsStatistics: [{ externalAccessFindingsStatistics: { totalActiveFindings: 1, totalResolvedFindings: 0 } }],
  });
  await client.send(new StartResourceScanCommand({ analyzerArn: ANALYZER_ARN, resourceArn: 'arn:aws:s3:::billing-export' }));
  analyzer.putAnalyzer({ arn: ANALYZER_ARN, type: 'ACCOUNT_UNUSED_ACCESS', status: 'ACTIVE', managedBy: null, archiveRules: [] });
  await expect(client.send(new ListFindingsCommand({ analyzerArn: ANALYZER_ARN }))).rejects.toThrow(ValidationException);
});

test('an analyzer has a status, a manager and archive rules, and vanishes', async () => {
  const analyzer = await openAnalyzer();
  const rule = { ruleName: 'all-public', filter: { isPublic: { eq: ['true'] } } };
  analyzer.putAnalyzer({
    arn: ANALYZER_ARN,
    type: 'ACCOUNT',
    status: 'DISABLED',
    managedBy: 'securityhubv2.amazonaws.com',
    archiveRules: [rule],
  });
  const client = sdkClient(analyzer);
  expect(await client.send(new ListAnalyzersCommand({}))).toMatchObject({
    analyzers: [{ arn: ANALYZER_ARN, status: 'DISABLED', managedBy: 'securityhubv2.amazonaws.com' }],
  });
  expect(await client.send(new ListArchiveRulesCommand({ analyzerName: 'Company' }))).toMatchObject({ archiveRules: [rule] });
  analyzer.removeAnalyzer(ANALYZER_ARN);
  expect(await client.send(new ListAnalyzersCommand({}))).toMatchObject({ analyzers: [] });
  await expect(client.send(new ListArchiveRulesCommand({ analyzerName: 'Company' }))).rejects.toThrow(ResourceNotFoundException);
});

test('a list may end early or be late, and a Region may not be enabled', async () => {
  const analyzer = await openAnalyzer();
  for (const status of ['ACTIVE', 'RESOLVED']) analyzer.follow(externalEvent({ detail: { status } }));
  const client = sdkClient(analyzer);
  const statuses = async () =>
    (await client.send(new ListFindingsV2Command({ analyzerArn: ANALYZER_ARN }))).findings?.map(({ status }) => status);
  expect(await statuses()).toEqual(['RESOLVED']);
  analyzer.faults.listsAreLate = true;
  expect(await statuses()).toEqual(['ACTIVE']);
  analyzer.faults.listsEndAfter = 0;
  expect(await statuses()).toEqual([]);
  analyzer.faults.disabledRegions = ['us-west-2'];
  await expect(client.send(new ListAnalyzersCommand({}))).rejects.toThrow('security token');
});
