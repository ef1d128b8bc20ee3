import { expect, test } from 'vitest';
import { signInLink } from '../../../src/issues/text/console-host.ts';

const PORTAL = 'https://acme.awsapps.com/start/#/console?account_id={account}&role_name=Reader&destination={link}';
const LINK = 'https://console.aws.amazon.com/s3/buckets/logs?tab=permissions#a&b';

test('without a sign-in page of its own a link stays as it is', () => {
  expect(signInLink(LINK, '111122223333', null)).toBe(LINK);
});

test('leads through the sign-in page, to the account, with the link as one value', () => {
  expect(signInLink(LINK, '111122223333', PORTAL)).toBe(
    'https://acme.awsapps.com/start/#/console?account_id=111122223333&role_name=Reader&destination=https%3A%2F%2Fconsole.aws.amazon.com%2Fs3%2Fbuckets%2Flogs%3Ftab%3Dpermissions%23a%26b',
  );
});

test('no text of a finding ends a value', () => {
  expect(signInLink('https://x/?a={account}', '1&role_name=Admin#\ud800', PORTAL)).toBe(
    'https://acme.awsapps.com/start/#/console?account_id=1%26role_name%3DAdmin%23%EF%BF%BD&role_name=Reader&destination=https%3A%2F%2Fx%2F%3Fa%3D%7Baccount%7D',
  );
});

test('no link that is longer than browsers support', () => {
  expect(signInLink(`https://x/${'a'.repeat(1_950)}`, '111122223333', PORTAL)).toBeNull();
});
