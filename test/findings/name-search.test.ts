import { expect, test } from 'vitest';
import { entriesToFind, findsPart, indexEntries } from '../../src/findings/name-search.ts';

const BUCKET = 'arn:aws:s3:::ingest-22-customer_records.old';
const SECRET = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:prod/paymentDb-AbCdEf';
const ROLE = 'arn:aws:iam::111122223333:role/ci/partnerGithubDeploy';

test.each([
  [BUCKET, 'ingest'],
  [BUCKET, 'ing'],
  [BUCKET, 'i'],
  [BUCKET, '22'],
  [BUCKET, '22-cust'],
  [BUCKET, 'customer_rec'],
  [BUCKET, 'RECORDS.OLD'],
  [BUCKET, 'old'],
  [BUCKET, BUCKET],
  [BUCKET, 's3:::ing'],
  [SECRET, 'prod/pay'],
  [SECRET, 'payment'],
  [SECRET, 'Db-AbC'],
  [SECRET, 'secret:prod'],
  [ROLE, 'role/ci/p'],
  [ROLE, 'github'],
  [ROLE, 'Deploy'],
  [ROLE, 'partnergithub'],
  [ROLE, 'PARTNERGITHUB'],
  [ROLE, '11112222'],
  ['5ec0f1d1-0000-4000-8000-00000000f2a1', '4000-8'],
  ['𝒳yz-ümlaut', 'üml'],
  ['𝒳yz-ümlaut', '𝒳YZ-Ü'],
])('%s is found by %s, and the index leads there', (name, text) => {
  expect(findsPart([name], text)).toBe(true);
  expect(indexEntries([name])).toEqual(expect.arrayContaining([...entriesToFind(text)]));
});

test.each(['ngest', 'customer-records', 'ecords', '-22', 'oldest', 'arn:aws:s3:::ingest-22-customer_records.old.', '*', '\0'])(
  'the bucket is not found by %j',
  (text) => {
    expect(findsPart([BUCKET], text)).toBe(false);
  },
);

test('the index of a name is bounded', () => {
  const name = Array.from({ length: 5_000 }, (_, n) => `p${n}`).join('/');
  expect(indexEntries([name]).length).toBeLessThanOrEqual(64);
});
