import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** A key and a certificate for it, in PEM form. */
export interface Certified {
  readonly key: string;
  readonly cert: string;
}

/** A certificate authority of a company, and servers that it vouches for. */
export interface PrivateCa {
  /** Its own certificate, in PEM form. */
  readonly cert: string;
  /** @param names host names @param days from now until it expires; negative: it has */
  serverCertificate(names: readonly string[], days?: number): Certified;
}

const DAY_MS = 86_400_000;
const SEQUENCE = 0x30;

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = rest.flatMap((value) => {
    const digits = [value & 0x7f];
    for (let left = value >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return der(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

const ECDSA_SHA256 = der(SEQUENCE, oid('1.2.840.10045.4.3.2'));
const TRUE = Buffer.from([0x01, 0x01, 0xff]);

function nameOf(commonName: string): Buffer {
  return der(SEQUENCE, der(0x31, der(SEQUENCE, oid('2.5.4.3'), der(0x0c, Buffer.from(commonName)))));
}

function time(ms: number): Buffer {
  return der(0x18, Buffer.from(new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '')));
}

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  return der(SEQUENCE, oid(id), ...(isCritical ? [TRUE] : []), der(0x04, value));
}

interface Wanted {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signedWith: KeyObject;
  readonly days: number;
  readonly extension: Buffer;
}

/** X.509, version 3. Source: https://datatracker.ietf.org/doc/html/rfc5280#section-4.1 */
function certificate({ subject, issuer, publicKey, signedWith, days, extension: extra }: Wanted): string {
  const until = Date.now() + days * DAY_MS;
  const body = der(
    SEQUENCE,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1]), randomBytes(8)),
    ECDSA_SHA256,
    nameOf(issuer),
    der(SEQUENCE, time(until - 400 * DAY_MS), time(until)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(SEQUENCE, extra)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, signedWith));
  const base64 = der(SEQUENCE, body, ECDSA_SHA256, signature)
    .toString('base64')
    .replaceAll(/(.{64})/g, '$1\n');
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}

export function createPrivateCa(issuer = 'Example Corp CA'): PrivateCa {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    cert: certificate({
      subject: issuer,
      issuer,
      publicKey: own.publicKey,
      signedWith: own.privateKey,
      days: 30,
      extension: extension('2.5.29.19', der(SEQUENCE, TRUE), true),
    }),
    serverCertificate(names, days = 30) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const alternatives = der(SEQUENCE, ...names.map((name) => der(0x82, Buffer.from(name))));
      return {
        key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        cert: certificate({
          subject: names[0] ?? '',
          issuer,
          publicKey,
          signedWith: own.privateKey,
          days,
          extension: extension('2.5.29.17', alternatives),
        }),
      };
    },
  };
}
