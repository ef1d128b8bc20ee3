import { ADMIN_ROLES, type OidcSettings } from './settings.ts';

/**
 * Reads `roles` or `groups my-admins=admin my-readers=viewer`.
 * @returns null when it is neither
 */
export function parseRoleClaim(text: string): OidcSettings['roleClaim'] | null {
  const [name, ...pairs] = text.trim().split(/\s+/);
  if (name === undefined || !/^[\x21-\x7e]{1,200}$/.test(name) || name.includes('=')) return null;
  const roles = pairs.map(
    (pair) => [pair.slice(0, Math.max(0, pair.lastIndexOf('='))), roleNamed(pair.slice(pair.lastIndexOf('=') + 1))] as const,
  );
  const known = roles.flatMap(([value, role]) => (value === '' || role === undefined ? [] : [[value, role] as const]));
  return known.length === pairs.length ? { name, roles: new Map(known) } : null;
}

function roleNamed(text: string): (typeof ADMIN_ROLES)[number] | undefined {
  return ADMIN_ROLES.find((role) => role === text);
}
