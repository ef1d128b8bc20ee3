import { ENVIRONMENT_VARIABLES } from './environment-variables.ts';

/** A variable that begins with one of these is meant for this service. */
const OUR_PREFIXES = [
  'SQS_',
  'JIRA_',
  'REDIS_',
  'RULES_',
  'ADMIN_',
  'HTTP_',
  'DATA_',
  'ALLOWED_',
  'DEAD_LETTER_',
  'OIDC_',
  'WEBHOOK_',
  'ARCHIVE_',
  'ANALYZER_',
  'SWEEP_',
] as const;

/** Names that begin like ours but are set by others: proxies, the tests' Redis, and Kubernetes for a Service called `redis` or `jira`. */
const NOT_OURS = /^HTTP_PROXY|^REDIS_SERVER$|_SERVICE_(HOST|PORT)(_|$)|_PORT_\d+_(TCP|UDP)(_|$)/;
const KUBERNETES_PORT = /^(tcp|udp|sctp):\/\//;

/** A name without one of our prefixes counts as a misspelling only when it has this length; shorter names match by chance. */
const SLIP_LENGTH = 7;

/** One line for each unknown variable that seems meant for this service, with the nearest known name. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const known = ENVIRONMENT_VARIABLES.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name]));
  const lines: string[] = [];
  for (const name of Object.keys(env).toSorted()) {
    if (!env[name]?.trim() || known.includes(name) || NOT_OURS.test(name) || KUBERNETES_PORT.test(env[name])) continue;
    const nearest = nearestName(name, known);
    const ours = OUR_PREFIXES.some((prefix) => name.startsWith(prefix));
    if (ours || (name.length >= SLIP_LENGTH && nearest?.distance === 1)) {
      lines.push(`${name}: not known to this version and ignored${nearest ? `; did you mean ${nearest.name}?` : ''}`);
    }
  }
  return lines;
}

function nearestName(name: string, known: readonly string[]): { readonly name: string; readonly distance: number } | null {
  const near = known.map((candidate) => ({ name: candidate, distance: editDistance(name, candidate) }));
  const best = near.reduce((a, b) => (b.distance < a.distance ? b : a));
  return best.distance <= 2 ? best : null;
}

/** How many letters must be inserted, deleted, replaced or swapped with their neighbour to turn one word into the other. */
function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1] ? cell(beforeLast, column - 2) + 1 : Infinity;
      current.push(Math.min(cell(last, column) + 1, cell(current, column - 1) + 1, cell(last, column - 1) + same, swapped));
    }
    beforeLast = last;
    last = current;
  }
  return cell(last, b.length);
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
