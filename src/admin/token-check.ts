import { createHash, timingSafeEqual } from 'node:crypto';
import type { Caller, Role } from './access.ts';

/** A configured token. */
export interface AdminToken {
  readonly name: string;
  readonly role: Role;
  readonly token: string;
}

/**
 * Finds the owner of a token. Only hashes are kept; all of them are compared, in the same time whichever fits.
 * @returns null: the token is unknown
 */
export function createTokenCheck(tokens: readonly AdminToken[]): (token: string) => Caller | null {
  const known = tokens.map(({ name, role, token }) => ({ name, role, hash: sha256(token) }));
  return (token) => {
    const shown = sha256(token);
    const fitting = known.filter(({ hash }) => timingSafeEqual(hash, shown));
    const [caller] = fitting;
    return caller === undefined ? null : { name: caller.name, role: caller.role };
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
