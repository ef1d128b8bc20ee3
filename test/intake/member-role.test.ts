import { expect, test } from 'vitest';
import { openMemberAccounts } from '../support/servers/member-accounts.ts';

const NEVER = new AbortController().signal;

test('one session of an account serves all Regions and all who ask at once, until shortly before it expires', async () => {
  let ahead = 0;
  const { sts, aws } = await openMemberAccounts(() => Date.now() + ahead);
  const role = aws.memberRole('reader');
  const [one, other] = await Promise.all([
    role.assume('444455556666', 'eu-central-1', NEVER),
    role.assume('444455556666', 'eu-central-1', NEVER),
  ]);
  expect(one).toMatchObject({ ok: true, credentials: { accessKeyId: 'ASIA444455556666' } });
  expect(other).toBe(one);
  expect(await role.assume('444455556666', 'us-east-1', NEVER)).toBe(one);
  expect(sts.history()).toHaveLength(1);
  ahead = 14 * 60_000;
  expect(await role.assume('444455556666', 'eu-central-1', NEVER)).not.toBe(one);
  await role.assume('111122223333', 'eu-central-1', NEVER);
  expect(sts.history()).toHaveLength(3);
});

test.each([
  ['eu-central-1', 'arn:aws:iam::444455556666:role/reader'],
  ['cn-north-1', 'arn:aws-cn:iam::444455556666:role/reader'],
  ['us-gov-west-1', 'arn:aws-us-gov:iam::444455556666:role/reader'],
])('the role of an account in %s is %s', async (region, roleArn) => {
  const { sts, aws } = await openMemberAccounts();
  expect(await aws.memberRole('reader').assume('444455556666', region, NEVER)).toMatchObject({ ok: true });
  expect(sts.history()).toEqual([{ roleArn, region, sessionName: 'findings-to-jira' }]);
});

test('a refusal names the role and is kept for a while; silence is not', async () => {
  let ahead = 0;
  const { sts, aws } = await openMemberAccounts(() => Date.now() + ahead);
  const role = aws.memberRole('reader');
  const assume = () => role.assume('444455556666', 'eu-central-1', NEVER);
  sts.faults.next.push('ServiceUnavailable');
  expect(await assume()).toMatchObject({ ok: false, refusal: { code: 'unavailable' } });
  sts.faults.denied = 'all';
  const denied = await assume();
  expect(denied).toMatchObject({ ok: false, refusal: { code: 'denied' } });
  expect(JSON.stringify(denied)).toContain('arn:aws:iam::444455556666:role/reader');
  expect(await assume()).toBe(denied);
  expect(sts.history()).toHaveLength(2);
  sts.faults.denied = [];
  ahead = 6 * 60_000;
  expect(await assume()).toMatchObject({ ok: true });
});

test.each([
  ['garbage', 'bad-answer'],
  ['Throttling', 'throttled'],
  ['cut', 'unavailable'],
] as const)('an answer that is %s is judged %s', async (fault, code) => {
  const { sts, aws } = await openMemberAccounts();
  sts.faults.next.push(fault);
  expect(await aws.memberRole('reader').assume('444455556666', 'eu-central-1', NEVER)).toMatchObject({ ok: false, refusal: { code } });
});

test('the end of the process aborts the call', async () => {
  const { sts, aws } = await openMemberAccounts();
  sts.faults.next.push('hangs');
  const stopping = new AbortController();
  const asked = aws.memberRole('reader').assume('444455556666', 'eu-central-1', stopping.signal);
  stopping.abort();
  expect(await asked).toMatchObject({ ok: false, refusal: { code: 'unavailable' } });
});
