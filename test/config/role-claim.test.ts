import { expect, test } from 'vitest';
import { parseRoleClaim } from '../../src/config/role-claim.ts';

test.each<[string, string, readonly (readonly [string, string])[]]>([
  ['roles', 'roles', []],
  ['realm_access.roles', 'realm_access.roles', []],
  ['https://example.com/roles', 'https://example.com/roles', []],
  ['groups my-admins=admin', 'groups', [['my-admins', 'admin']]],
  [
    'groups  a=admin   b=viewer ',
    'groups',
    [
      ['a', 'admin'],
      ['b', 'viewer'],
    ],
  ],
  ['groups cn=ops,dc=example=operator', 'groups', [['cn=ops,dc=example', 'operator']]],
])('%j names the claim %s', (text, name, roles) => {
  expect(parseRoleClaim(text)).toEqual({ name, roles: new Map(roles) });
});

test.each(['', ' ', 'a=admin', 'groups a', 'groups a=', 'groups =admin', 'groups a=root', 'groups a=Admin', 'rôles', 'x'.repeat(201)])(
  '%j is invalid',
  (text) => {
    expect(parseRoleClaim(text)).toBeNull();
  },
);
