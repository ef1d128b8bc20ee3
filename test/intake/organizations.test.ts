import { ListTagsForResourceCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AccountsRefusal, ListedAccounts } from '../../src/pipeline/ports/accounts-source.ts';
import type { OrganizationsFault } from '../../src/sandbox/organizations/organizations-simulator.ts';
import { useEnvironment } from '../support/servers/access-analyzer.ts';
import { DATA, openOrganizations, ROOT, simulatedAccount, TEAM } from '../support/servers/organizations.ts';

const never = new AbortController().signal;

const many = (count: number) => Array.from({ length: count }, (_, at) => simulatedAccount(String(100_000_000_000 + at), `account-${at}`));

function namesIn(listed: ListedAccounts): readonly (string | null)[] {
  return listed.ok ? [...listed.accounts.values()].map(({ name }) => name) : [listed.code];
}

describe('the accounts of an organization', () => {
  test('are listed page by page, empty pages included, twenty for a call, with units from the nearest up to the root', async () => {
    const { simulator, source } = await openOrganizations({
      accounts: [{ ...simulatedAccount('444455556666', 'billing-prod', [ROOT, DATA, TEAM]), state: 'SUSPENDED' }, ...many(44)],
    });
    const listed = await source.list(never);
    expect(listed.ok && listed.accounts.get('444455556666')).toEqual({
      name: 'billing-prod',
      state: 'SUSPENDED',
      units: [TEAM, DATA, ROOT],
    });
    expect(namesIn(listed)).toHaveLength(45);
    expect(simulator.history().map(({ operation }) => operation)).toEqual(['ListAccounts', 'ListAccounts', 'ListAccounts']);
    simulator.faults.emptyPages = true;
    expect(namesIn(await source.list(never))).toHaveLength(45);
  });

  test('without paths have the units that their parents say, each asked for once', async () => {
    const { simulator, source } = await openOrganizations({
      accounts: [
        simulatedAccount('444455556666', 'a', [ROOT, DATA, TEAM]),
        simulatedAccount('555566667777', 'b', [ROOT, DATA]),
        ...many(1),
      ],
    });
    simulator.faults.withoutPaths = true;
    const listed = await source.list(never);
    expect(listed.ok && [...listed.accounts.values()].map(({ units }) => units)).toEqual([[TEAM, DATA, ROOT], [DATA, ROOT], [ROOT]]);
    expect(simulator.history().filter(({ operation }) => operation === 'ListParents')).toHaveLength(5);
    simulator.faults.denied = ['ListParents'];
    const named = await source.list(never);
    expect(named.ok && [...named.accounts.values()].map(({ name, units }) => [name, units.length])).toEqual([
      ['a', 0],
      ['b', 0],
      ['account-0', 0],
    ]);
  });

  test('have hostile names, which are kept short', async () => {
    const { source } = await openOrganizations({
      accounts: [
        simulatedAccount('111111111111', '\u202e<script>\u0000'),
        simulatedAccount('222222222222', ' '),
        simulatedAccount('333333333333', 'x'.repeat(9_999)),
      ],
    });
    const names = namesIn(await source.list(never));
    expect(names.slice(0, 2)).toEqual(['\u202e<script>\u0000', null]);
    expect(names[2]).toHaveLength(128);
  });
});

describe('a listing', () => {
  test.each<[OrganizationsFault['fault'], number]>([
    ['TooManyRequestsException', 3],
    ['ServiceException', 1],
    ['cut', 2],
  ])('goes on after %s, after waits that grow', async (fault, times) => {
    const { simulator, source, waits } = await openOrganizations({ accounts: many(30) });
    simulator.faults.next = Array.from({ length: times }, () => ({ on: 'ListAccounts', fault }));
    expect(namesIn(await source.list(never))).toHaveLength(30);
    expect(waits).toEqual([500, 1_000, 2_000].slice(0, times));
  });

  test.each<[AccountsRefusal, OrganizationsFault['fault'], number]>([
    ['throttled', 'TooManyRequestsException', 7],
    ['unavailable', 'ServiceException', 7],
    ['denied', 'AccessDeniedException', 1],
    ['denied', 'UnrecognizedClientException', 1],
    ['bad-answer', 'InvalidInputException', 1],
    ['bad-answer', 'garbage', 1],
  ])('that is cut short is none: %s after %s', async (code, fault, calls) => {
    const { simulator, source } = await openOrganizations({ accounts: many(30), pageSize: 20 });
    simulator.faults.next = Array.from({ length: 7 }, () => ({ on: 'ListAccounts', fault }));
    expect(await source.list(never)).toMatchObject({ ok: false, code });
    expect(simulator.history()).toHaveLength(calls);
  });

  test('of no organization says so, and so does one without credentials', async () => {
    const { simulator, source } = await openOrganizations();
    simulator.faults.notInUse = true;
    expect(await source.list(never)).toEqual({ ok: false, code: 'no-organization', message: 'the account is in no organization' });
    useEnvironment({
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_CONFIG_FILE: '/dev/null',
    });
    expect(await source.list(never)).toMatchObject({ ok: false, code: 'not-configured' });
  });

  test('whose pages or units go in a circle proves nothing', async () => {
    const accounts = [simulatedAccount('111111111111', 'a', [TEAM, DATA]), simulatedAccount('222222222222', 'b', [DATA, TEAM])];
    const { simulator, source } = await openOrganizations({ accounts });
    simulator.faults.withoutPaths = true;
    expect(await source.list(never)).toMatchObject({ ok: false, code: 'bad-answer' });
    simulator.faults.endlessPages = true;
    expect(await source.list(never)).toMatchObject({ ok: false, code: 'bad-answer', message: 'AWS gave a list that does not end' });
  });

  test('that gets no answer ends when its time is over, or with the process', async () => {
    const { simulator, source } = await openOrganizations({ accounts: many(1), timeoutMs: 50, listingMs: 200 });
    simulator.faults.next = Array.from({ length: 9 }, () => ({ on: 'ListAccounts', fault: 'hangs' }));
    expect(await source.list(never)).toMatchObject({ ok: false, code: 'unavailable' });
    expect(await source.list(AbortSignal.abort())).toMatchObject({ ok: false, code: 'unavailable' });
  });
});

test('the tags of an account come page by page, from the simulation too', async () => {
  const tags = { team: 'payments', owner: 'dana@example.com' };
  const { simulator } = await openOrganizations({
    accounts: [{ ...simulatedAccount('444455556666', 'a'), tags }, ...many(1)],
    pageSize: 1,
  });
  const client = new OrganizationsClient({ endpoint: simulator.url, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  const ask = (ResourceId: string, NextToken?: string) =>
    client.send(new ListTagsForResourceCommand({ ResourceId, ...(NextToken === undefined ? {} : { NextToken }) }));
  expect(await ask('444455556666')).toMatchObject({ Tags: [{ Key: 'team', Value: 'payments' }], NextToken: '1' });
  expect((await ask('444455556666', '1')).Tags).toEqual([{ Key: 'owner', Value: 'dana@example.com' }]);
  expect((await ask('100000000000')).Tags).toEqual([]);
  await expect(ask('999999999999')).rejects.toThrow(expect.objectContaining({ name: 'TargetNotFoundException' }));
  expect(simulator.history().map(({ about }) => about)).toEqual(['444455556666', '444455556666', '100000000000', '999999999999']);
});
