import type { CompileMatcher } from './value-matcher.ts';

/** `{ "cidr": "10.0.0.0/8" }` or `{ "cidr": "2001:db8::/32" }`: a string that is an address in that block. Bits behind the prefix are ignored. */
export const compileCidr: CompileMatcher = (argument, path, refuse) => {
  const block = typeof argument === 'string' ? parseBlock(argument) : null;
  if (block === null) return refuse(path, 'expected an IPv4 or IPv6 block such as "10.0.0.0/8" or "2001:db8::/32"');
  return (value) => {
    const address = typeof value === 'string' ? parseAddress(value) : null;
    return address !== null && sharesPrefix(address, block.address, block.bits);
  };
};

/** The longest IPv6 address in text, eight groups of four digits and seven colons. */
const MAX_ADDRESS_LENGTH = 39;

/** The bytes of an address in network order: 4 for IPv4, 16 for IPv6; null if the text is no address. */
export function parseAddress(text: string): readonly number[] | null {
  if (text.length > MAX_ADDRESS_LENGTH) return null;
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseBlock(text: string): { readonly address: readonly number[]; readonly bits: number } | null {
  const [addressText = '', bitsText = '', ...more] = text.split('/', 3);
  const address = parseAddress(addressText);
  const bits = parseDigits(bitsText, DECIMAL, 3);
  if (more.length > 0 || address === null || bits === null || bits > address.length * 8) return null;
  return { address, bits };
}

function parseIpv4(text: string): readonly number[] | null {
  const bytes = text.split('.').map((part) => parseDigits(part, DECIMAL, 3));
  return bytes.length === 4 && bytes.every((byte) => byte !== null && byte <= 255) ? bytes.map(Number) : null;
}

/** RFC 4291, section 2.2, forms 1 and 2: `::` once for one or more groups of zeros. */
function parseIpv6(text: string): readonly number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) =>
    half === '' ? [] : half.split(':').map((group) => parseDigits(group, HEXADECIMAL, 4)),
  );
  const zeros = 8 - head.length - tail.length;
  if (halves.length === 2 ? zeros < 1 : zeros !== 0) return null;
  const groups = [...head, ...Array.from({ length: zeros }, () => 0), ...tail];
  return groups.includes(null) ? null : groups.flatMap((group) => [Number(group) >> 8, Number(group) & 255]);
}

const DECIMAL = '0123456789';
const HEXADECIMAL = '0123456789abcdefABCDEF';

/** One to `maxLength` digits; a decimal number with a leading zero is refused, because some parsers read it as octal. */
function parseDigits(text: string, digits: string, maxLength: number): number | null {
  if (text === '' || text.length > maxLength || text.split('').some((character) => !digits.includes(character))) return null;
  if (digits === DECIMAL && text.length > 1 && text.startsWith('0')) return null;
  return Number.parseInt(text, digits === DECIMAL ? 10 : 16);
}

function sharesPrefix(address: readonly number[], block: readonly number[], bits: number): boolean {
  if (address.length !== block.length) return false;
  return block.every((byte, index) => {
    const free = Math.min(8, Math.max(0, (index + 1) * 8 - bits));
    return byte >> free === (address[index] ?? 0) >> free;
  });
}
