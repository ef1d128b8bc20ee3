import { request } from 'node:http';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isProxyUrl, isTokenUrl, toNoProxy } from '../../src/config/proxies.ts';
import { createNetwork } from '../../src/network/create-network.ts';

test.each([
  ['http://proxy.example:3128', true],
  ['https://proxy.example', true],
  ['http://user:p%40ss@proxy.example:3128/', true],
  ['http://[::1]:3128', true],
  ['proxy.example:3128', false],
  ['socks5://proxy.example:1080', false],
  ['http://', false],
  ['http://proxy.example:99999', false],
  ['http://proxy.example/path', false],
  ['http://proxy.example?x', false],
  ['http://user:%zz@proxy.example', false],
  ['http://proxy example', false],
  ['', false],
])('the proxy %j: %s', (text, isOne) => {
  expect(isProxyUrl(text)).toBe(isOne);
});

test.each([
  ['https://auth.atlassian.com/oauth/token', true],
  ['http://127.0.0.1:8080/oauth/token', true],
  ['http://auth.atlassian.com/oauth/token', false],
  ['https://user:secret@auth.atlassian.com/oauth/token', false],
  ['auth.atlassian.com', false],
])('the token endpoint %j: %s', (text, isOne) => {
  expect(isTokenUrl(text)).toBe(isOne);
});

/** An entry, addresses that it takes from the proxy, and others that it leaves to it. */
const ENTRIES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['*', ['a.test', '203.0.113.9'], []],
  ['corp.test', ['corp.test', 'a.corp.test', 'A.Corp.Test', 'corp.test:8443'], ['xcorp.test', 'corp.test.evil.test']],
  ['.corp.test', ['corp.test', 'a.b.corp.test'], ['xcorp.test']],
  ['*.corp.test', ['a.corp.test'], ['corp.test', 'xcorp.test']],
  ['corp.test.', ['corp.test'], ['a.test']],
  ['corp.test:8443', ['corp.test:8443'], ['corp.test', 'corp.test:80', 'a.corp.test:8443']],
  ['203.0.113.9', ['203.0.113.9', '203.0.113.9:8080'], ['203.0.113.10']],
  ['203.0.113.9:81', ['203.0.113.9:81'], ['203.0.113.9']],
  ['203.0.113.0/29', ['203.0.113.0', '203.0.113.7'], ['203.0.113.8', '203.0.112.255']],
  ['203.0.113.5/29', ['203.0.113.0', '203.0.113.7'], ['203.0.113.8']],
  ['203.0.113.9/32', ['203.0.113.9'], ['203.0.113.8', '203.0.113.10']],
  ['0.0.0.0/0', ['203.0.113.9'], ['a.test']],
  ['2001:db8::9', ['[2001:db8::9]'], ['[2001:db8::8]']],
  ['[2001:db8::9]', ['[2001:db8::9]'], []],
  [' a.test , b.test  c.test,,', ['a.test', 'b.test', 'c.test'], ['d.test']],
  // Never a matter of the proxy, whatever the list says: this machine, and where AWS gives credentials to it alone.
  ['', ['127.0.0.2', 'localhost', 'a.localhost', '[::1]', '169.254.169.254', '169.254.170.2', '169.254.170.23'], ['a.test', '203.0.113.9']],
];

/** Asked without connecting anywhere: the path of a request that goes to a proxy is a whole URL. */
function goesToProxy(noProxy: string, host: string): boolean {
  const { httpAgent } = createNetwork({ httpsProxy: null, httpProxy: 'http://127.0.0.1:1', noProxy }).agents();
  const asked = request(`http://${host}/`, { agent: httpAgent, lookup: () => undefined });
  asked.on('error', () => undefined);
  asked.destroy();
  return asked.path.startsWith('http://');
}

test.each(ENTRIES)('NO_PROXY %j', (entry, direct, proxied) => {
  const list = toNoProxy(entry);
  expect(list).not.toBeNull();
  expect(direct.filter((host) => goesToProxy(list ?? '', host))).toEqual([]);
  expect(proxied.filter((host) => !goesToProxy(list ?? '', host))).toEqual([]);
});

test.each([
  'http://a.test',
  '.a.test:80',
  '*.a.test:80',
  'a*',
  'a.test/24',
  '10.0.0.0/33',
  '10.0.0/8',
  '2001:db8::/32',
  'a b!c',
  'a.test:x',
  '..a',
])('NO_PROXY %j is refused', (entry) => {
  expect(toNoProxy(entry)).toBeNull();
});

test('a range holds its address, and what it makes of any text never throws', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, bits) => {
      const [first = '', last = ''] = (toNoProxy(`${address}/${bits}`) ?? '').split('-').map(toNumber);
      const number = toNumber(address);
      return Number(first) <= number && number <= Number(last) && Number(last) - Number(first) === 2 ** (32 - bits) - 1;
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => (toNoProxy(text), isProxyUrl(text), true)));
});

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
