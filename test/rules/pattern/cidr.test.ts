import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress } from '../../../src/rules/pattern/cidr.ts';
import { match } from '../../support/findings/patterns.ts';

const v4 = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
const v6 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });

function v4Text(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join('.');
}

function v6Groups(address: bigint): string[] {
  return Array.from({ length: 8 }, (_, index) => ((address >> BigInt(112 - index * 16)) & 0xffffn).toString(16));
}

/** A second address near the first, so that both answers come up. */
function near(address: bigint, other: bigint, shared: number, width: number): bigint {
  const free = BigInt(width - shared);
  return ((address >> free) << free) | (other & ((1n << free) - 1n));
}

test.each([
  { width: 32, addresses: v4, toText: v4Text },
  { width: 128, addresses: v6, toText: (address: bigint) => v6Groups(address).join(':') },
])('an address is in a block when their first bits are equal ($width bits)', ({ width, addresses, toText }) => {
  const bits = fc.integer({ min: 0, max: width });
  fc.assert(
    fc.property(addresses, addresses, bits, bits, (base, other, shared, prefix) => {
      const address = near(base, other, shared, width);
      const free = BigInt(width - prefix);
      expect(match({ ip: [{ cidr: `${toText(base)}/${prefix}` }] }, { ip: toText(address) }).matched).toBe(
        base >> free === address >> free,
      );
    }),
    { numRuns: 500 },
  );
});

test('zeros of an IPv6 address may be left out anywhere', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 0xffff }), { maxLength: 7 }), fc.nat(7), (groups, position) => {
      const at = Math.min(position, groups.length);
      const hex = groups.map((group) => group.toString(16));
      const zeros = Array.from({ length: 8 - hex.length }, () => '0');
      const full = [...hex.slice(0, at), ...zeros, ...hex.slice(at)].join(':');
      const short = `${hex.slice(0, at).join(':')}::${hex.slice(at).join(':')}`;
      expect(parseAddress(short)).toEqual(parseAddress(full));
      expect(parseAddress(full.toUpperCase())).toEqual(parseAddress(full));
    }),
  );
});

test.each([
  '',
  ':',
  ':::',
  '1',
  '1.2.3',
  '1.2.3.4.5',
  '1.2.3.',
  '01.2.3.4',
  '1.2.3.4 ',
  '+1.2.3.4',
  '1e1.2.3.4',
  '::1.2.3.4',
  '12345::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '::%eth0',
  '١.2.3.4',
])('%j is no address', (text) => {
  expect(parseAddress(text)).toBeNull();
});

test('any text is an address or none', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('0', '1', 'f', ':', '.', '/', ' ') }), (text) => {
      expect([4, 16, undefined]).toContain(parseAddress(text)?.length);
    }),
  );
});
