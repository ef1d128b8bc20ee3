import type { JsonObject } from '../../src/findings/json.ts';
import { eventOfManyObjects, eventOfManyStrings, MANY_ALTERNATIVES, MANY_WILDCARDS } from '../../test/support/findings/costly-events.ts';
import { range } from '../../test/support/findings/findings-by-number.ts';
import { askLivez, memoryMb, startBenchService } from './bench-service.ts';

/** The costliest requests that one role can send, and the response times and the memory of the service meanwhile. */
export interface RequestsRow {
  readonly role: Role;
  readonly what: string;
  /** How many requests got which status, such as `2 x 422, 8 x 429`. */
  readonly answers: string;
  readonly seconds: number;
  /** Response times of `/livez` while they run, ms. */
  readonly medianMs: number;
  readonly longestMs: number;
  /** The most that the service's memory was above the one at rest, MB; null: not known on this system. */
  readonly growthMb: number | null;
}

type Role = keyof typeof TOKENS;

const TOKENS = { viewer: 'viewer-token-0123456789', operator: 'operator-token-0123456789', admin: 'admin-token-0123456789' } as const;
const ROLES: readonly Role[] = ['viewer', 'operator', 'admin'];

/** Requests that are sent at the same time. */
interface Requests {
  readonly what: string;
  readonly times: number;
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly type: 'application/json' | 'application/yaml';
  readonly body: string;
}

const EVALUATE = { method: 'POST', path: '/api/v1/rules/evaluate' } as const;
const SAVE = { method: 'PUT', path: '/api/v1/rules' } as const;
const JSON_BODY = { type: 'application/json' } as const;
const YAML_BODY = { type: 'application/yaml' } as const;
const MB = 1_000_000;
const AT_REST = 100;

/** Starts the service with costly rules, and sends the requests with the token of each role in turn. */
export async function benchRequests(): Promise<readonly RequestsRow[]> {
  const tokens = ROLES.map((role) => `${role}:${role}:${TOKENS[role]}`).join(',');
  const service = await startBenchService({ rules: rulesInForce(), env: { ADMIN_TOKENS: tokens } });
  try {
    await askLivez(service.api, (asked) => asked < AT_REST);
    const atRest = memoryMb(service.pid);
    const rows: RequestsRow[] = [];
    for (const role of ROLES) {
      for (const requests of costlyRequests(role)) rows.push(await measure(service, role, requests, atRest));
    }
    return rows;
  } finally {
    await service.stop();
  }
}

/** Rules that are costly for the events below, and cheap for others. */
function rulesInForce(): object {
  const rest = { id: 'rest', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } };
  return { version: 1, rules: [ignoring('alternatives', MANY_ALTERNATIVES), ignoring('wildcards', MANY_WILDCARDS), rest] };
}

function ignoring(id: string, match: JsonObject): object {
  return { id, match, action: 'ignore' };
}

function costlyRequests(role: Role): readonly Requests[] {
  const keys = (size: number): string =>
    range(Math.floor(size / 12))
      .map((n) => `k${100_000 + n}: 1\n`)
      .join('');
  const rules = tenThousandRules(role);
  return [
    { what: 'nested JSON of 5 MB', times: 1, ...EVALUATE, ...JSON_BODY, body: `{"event": ${'['.repeat(5 * MB)}` },
    { what: 'wide JSON of 5 MB', times: 4, ...EVALUATE, ...JSON_BODY, body: `{"event": {"a": [${'{},'.repeat(1.6 * MB)}{}]}}` },
    { what: 'YAML of 50 KB', times: 10, ...EVALUATE, ...YAML_BODY, body: keys(50_000) },
    { what: 'YAML of 5 MB', times: 4, ...EVALUATE, ...YAML_BODY, body: keys(5 * MB) },
    {
      what: '3,000 alternatives, 10,000 objects',
      times: 4,
      ...EVALUATE,
      ...JSON_BODY,
      body: JSON.stringify({ event: eventOfManyObjects() }),
    },
    { what: '2,000 wildcards, 1,000 texts', times: 4, ...EVALUATE, ...JSON_BODY, body: JSON.stringify({ event: eventOfManyStrings() }) },
    { what: 'saving 10,000 rules', times: 1, ...SAVE, ...JSON_BODY, body: JSON.stringify({ version: 1, rules }) },
    {
      what: 'saving 10,000 rules as YAML',
      times: 1,
      ...SAVE,
      ...YAML_BODY,
      body: `version: 1\nrules:\n${rules.map((rule) => `  - ${JSON.stringify(rule)}\n`).join('')}`,
    },
  ];
}

/** One rule for each account, with a label of the role, so that every save changes all of them. */
function tenThousandRules(role: Role): readonly object[] {
  return range(10_000).map((n) => ({
    id: `account-${n}`,
    match: { source: ['aws.access-analyzer'], detail: { accountId: [String(100_000_000_000 + n)], isPublic: [true, false] } },
    action: 'issue',
    issue: { project: 'SEC', issueType: 'Task', labels: [role] },
  }));
}

async function measure(
  { api, pid }: { readonly api: string; readonly pid: number },
  role: Role,
  { what, times, method, path, type, body }: Requests,
  atRest: number | null,
): Promise<RequestsRow> {
  const authorization = `Bearer ${TOKENS[role]}`;
  const tag = (await fetch(`${api}/api/v1/rules`, { headers: { authorization } })).headers.get('etag') ?? '';
  const send = async (): Promise<number> => {
    const answer = await fetch(`${api}${path}`, { method, body, headers: { authorization, 'content-type': type, 'if-match': tag } });
    await answer.text();
    return answer.status;
  };
  const from = performance.now();
  let isUnderWay = true;
  let most = 0;
  const asking = askLivez(api, () => {
    most = Math.max(most, memoryMb(pid) ?? 0);
    return isUnderWay;
  });
  const statuses = await Promise.all(range(times).map(send));
  const seconds = (performance.now() - from) / 1_000;
  isUnderWay = false;
  const sorted = (await asking).toSorted((a, b) => a - b);
  const answers = [...Map.groupBy(statuses, (status) => status)].map(([status, all]) => `${all.length} x ${status}`).join(', ');
  return {
    role,
    what: `${times} x ${what}`,
    answers,
    seconds,
    medianMs: sorted[Math.floor(sorted.length / 2)] ?? 0,
    longestMs: sorted.at(-1) ?? 0,
    growthMb: atRest === null ? null : most - atRest,
  };
}
