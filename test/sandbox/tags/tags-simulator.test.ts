import { GetAlternateContactCommand } from '@aws-sdk/client-account';
import { ListRoleTagsCommand, ListUserTagsCommand } from '@aws-sdk/client-iam';
import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { expect, test } from 'vitest';
import { openTags, tagged, tagsClients } from '../../support/servers/tags.ts';

const [MANAGEMENT, BILLING] = ['111122223333', '444455556666'];
const BUCKET = 'arn:aws:s3:::billing-export';
const QUEUE = `arn:aws:sqs:us-west-2:${BILLING}:jobs`;
const ROLE = `arn:aws:iam::${BILLING}:role/service-role/Deploy`;
const SECURITY = { Name: 'Security desk', EmailAddress: 'desk@example.com', PhoneNumber: '+1', Title: 'Desk' };

test('GetResources knows the resources of one account and one Region that have or had tags', async () => {
  const simulator = await openTags({
    resources: [
      tagged(BUCKET, { team: 'payments', owner: 'dana@example.com' }, { accountId: BILLING, region: 'us-west-2' }),
      tagged(QUEUE, {}),
    ],
  });
  const ask = (region: string, arns: string[], accountId = BILLING) =>
    tagsClients(simulator, accountId, region).tagging.send(new GetResourcesCommand({ ResourceARNList: arns }));
  expect((await ask('us-west-2', [BUCKET, QUEUE])).ResourceTagMappingList).toEqual([
    {
      ResourceARN: BUCKET,
      Tags: [
        { Key: 'team', Value: 'payments' },
        { Key: 'owner', Value: 'dana@example.com' },
      ],
    },
  ]);
  expect((await ask('eu-central-1', [BUCKET])).ResourceTagMappingList).toEqual([]);
  expect((await ask('us-west-2', [BUCKET], MANAGEMENT)).ResourceTagMappingList).toEqual([]);
  expect(simulator.history().map(({ accountId, region, about }) => [accountId, region, about])).toEqual([
    [BILLING, 'us-west-2', [BUCKET, QUEUE]],
    [BILLING, 'eu-central-1', [BUCKET]],
    [MANAGEMENT, 'us-west-2', [BUCKET]],
  ]);
  const tooMany = Array.from({ length: 101 }, (_, at) => `${BUCKET}-${at}`);
  for (const arns of [tooMany, [], [BUCKET, ROLE], [BUCKET, 'billing-export'], [QUEUE.replace('us-west-2', 'eu-west-1')]])
    await expect(ask('us-west-2', arns)).rejects.toThrow(expect.objectContaining({ name: 'InvalidParameterException' }));
});

test('IAM gives the tags of roles and users page by page, in the account of the caller', async () => {
  const simulator = await openTags({
    pageSize: 1,
    resources: [tagged(ROLE, { team: 'a<b>&c', owner: 'x' }), tagged(`arn:aws:iam::${BILLING}:user/ci`, { team: 'tools' })],
  });
  const { iam } = tagsClients(simulator, BILLING, 'us-east-1');
  const first = await iam.send(new ListRoleTagsCommand({ RoleName: 'Deploy' }));
  expect(first).toMatchObject({ IsTruncated: true, Marker: '1', Tags: [{ Key: 'team', Value: 'a<b>&c' }] });
  expect(await iam.send(new ListRoleTagsCommand({ RoleName: 'Deploy', Marker: '1' }))).toMatchObject({
    IsTruncated: false,
    Tags: [{ Key: 'owner', Value: 'x' }],
  });
  expect((await iam.send(new ListUserTagsCommand({ UserName: 'ci' }))).Tags).toEqual([{ Key: 'team', Value: 'tools' }]);
  const elsewhere = tagsClients(simulator, MANAGEMENT, 'us-east-1').iam;
  for (const name of ['Deploy', 'ci'])
    await expect(elsewhere.send(new ListUserTagsCommand({ UserName: name }))).rejects.toThrow(
      expect.objectContaining({ name: 'NoSuchEntityException' }),
    );
});

test('the security contact of a member is asked for by the management account, which leaves its own id out', async () => {
  const simulator = await openTags({ ownAccount: MANAGEMENT, contacts: { [BILLING]: SECURITY, [MANAGEMENT]: SECURITY } });
  const ask = (accountId: string | undefined, caller = MANAGEMENT) =>
    tagsClients(simulator, caller, 'eu-central-1').account.send(
      new GetAlternateContactCommand({ ...(accountId === undefined ? {} : { AccountId: accountId }), AlternateContactType: 'SECURITY' }),
    );
  expect((await ask(BILLING)).AlternateContact).toMatchObject({ Name: 'Security desk', EmailAddress: 'desk@example.com' });
  expect((await ask(undefined)).AlternateContact).toMatchObject({ Name: 'Security desk' });
  await expect(ask(MANAGEMENT)).rejects.toThrow(expect.objectContaining({ name: 'AccessDeniedException' }));
  await expect(ask(MANAGEMENT, BILLING)).rejects.toThrow(expect.objectContaining({ name: 'AccessDeniedException' }));
  await expect(ask('777788889999')).rejects.toThrow(expect.objectContaining({ name: 'ResourceNotFoundException' }));
});

test('refusals, denied accounts, broken connections and answers that are not AWS’s are switches', async () => {
  const simulator = await openTags({ resources: [tagged(QUEUE, { team: 'x' })] });
  const { tagging, iam, account } = tagsClients(simulator, BILLING, 'us-west-2');
  const ask = () => tagging.send(new GetResourcesCommand({ ResourceARNList: [QUEUE] }));
  simulator.faults.denied = ['GetResources', 'ListRoleTags', 'GetAlternateContact'];
  await expect(ask()).rejects.toThrow(expect.objectContaining({ name: 'AccessDeniedException' }));
  await expect(iam.send(new ListRoleTagsCommand({ RoleName: 'x' }))).rejects.toThrow(expect.objectContaining({ name: 'AccessDenied' }));
  await expect(account.send(new GetAlternateContactCommand({ AlternateContactType: 'SECURITY' }))).rejects.toThrow(
    expect.objectContaining({ name: 'AccessDeniedException' }),
  );
  simulator.faults.denied = [];
  simulator.faults.deniedIn = [BILLING];
  await expect(ask()).rejects.toThrow(expect.objectContaining({ name: 'AccessDeniedException' }));
  simulator.faults.deniedIn = [];
  simulator.faults.next = [
    { on: 'GetResources', fault: 'ThrottledException' },
    { on: 'GetResources', fault: 'cut' },
    { on: 'GetResources', fault: 'garbage' },
    { on: 'GetResources', fault: 'foreign' },
  ];
  await expect(ask()).rejects.toThrow(expect.objectContaining({ name: 'ThrottledException' }));
  await expect(ask()).rejects.toThrow(/hang up|reset|closed|ECONN/);
  await expect(ask()).rejects.toThrow(SyntaxError);
  expect((await ask()).ResourceTagMappingList?.map(({ ResourceARN }) => ResourceARN)).toEqual(['arn:aws:s3:::another-bucket']);
  expect((await ask()).ResourceTagMappingList).toHaveLength(1);
  simulator.faults.slow = ['GetResources'];
  await expect(
    tagging.send(new GetResourcesCommand({ ResourceARNList: [QUEUE] }), { abortSignal: AbortSignal.timeout(20) }),
  ).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
});
