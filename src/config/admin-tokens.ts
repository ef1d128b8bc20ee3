import { ADMIN_ROLES, type AdminRole, type AdminToken } from './settings.ts';

/** Shorter tokens can be guessed. */
const SAFE_TOKEN_LENGTH = 16;

/** The tokens, or one line per bad entry, which names the entry by its place and shows at most its role. */
export type ParsedAdminTokens =
  | { readonly ok: true; readonly tokens: readonly AdminToken[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads `name:role:token,name:role:token`. Names and tokens are unique, so that an audit entry's name means one person. */
export function parseAdminTokens(text: string): ParsedAdminTokens {
  const tokens: AdminToken[] = [];
  const problems: string[] = [];
  for (const [index, entry] of text.split(',').entries()) {
    const parsed = parseEntry(entry.trim(), tokens);
    if (typeof parsed === 'string') problems.push(`entry ${index + 1}: ${parsed}`);
    else tokens.push(parsed);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, tokens };
}

function parseEntry(entry: string, before: readonly AdminToken[]): AdminToken | string {
  const [name, role, ...rest] = entry.split(':');
  const token = rest.join(':');
  if (!name || role === undefined || token === '') return 'expected name:role:token';
  if (!/^[A-Za-z0-9._@-]{1,64}$/.test(name)) return 'expected a name of at most 64 letters, digits and . _ @ -';
  if (!isAdminRole(role)) return wrongRole(role, token);
  if (!/^[\x21-\x7e]+$/.test(token)) return 'expected a token of visible ASCII characters';
  if (before.some((other) => other.name === name)) return 'expected a name that no other entry has';
  if (before.some((other) => other.token === token)) return 'expected a token that no other entry has';
  return { name, role, token };
}

/** Shows the role only where it can't be a token that stands in its place. */
function wrongRole(role: string, token: string): string {
  const expected = `expected the role to be one of ${ADMIN_ROLES.join(', ')}`;
  if (isAdminRole(token)) return `${expected}: the order is name:role:token`;
  return /^[A-Za-z]{1,12}$/.test(role) ? `${expected}, not "${role}"` : expected;
}

/** One line per token that is too short to be safe, by its name. */
export function weakTokens(tokens: readonly AdminToken[]): readonly string[] {
  const weak = tokens.filter(({ token }) => token.length < SAFE_TOKEN_LENGTH);
  return weak.map(({ name }) => `ADMIN_TOKENS: the token of ${name} is shorter than ${SAFE_TOKEN_LENGTH} characters and can be guessed`);
}

function isAdminRole(role: string): role is AdminRole {
  return ADMIN_ROLES.some((known) => known === role);
}
