import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import type { AdminApp } from '../../src/admin/admin-app.ts';
import { PROBLEMS } from '../../src/admin/problem-codes.ts';
import { createKeepUnreadable } from '../../src/pipeline/accept/keep-unreadable.ts';
import { StoreUnavailable, type Store } from '../../src/pipeline/ports/store.ts';
import { seededRandom } from '../../src/sandbox/samples/seeded-random.ts';
import { bearer, startAdmin, TOKENS } from '../support/admin/admin-server.ts';
import { openAdminSite, type AdminSite } from '../support/admin/admin-site.ts';
import { readDescription, type ApiDocument, type ApiRoute } from '../support/admin/api-description.ts';
import { createRequestMaker, type Known, type MadeRequest } from '../support/admin/api-requests.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { numberedEvent } from '../support/findings/findings-by-number.ts';
import { findingRecord } from '../support/findings/finding-records.ts';

/** Set them for another run, or to repeat one: `FUZZ_SEED=7 FUZZ_REQUESTS=100000`. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 20_000);

/** The fault of an answer; null: none. */
type Judge = (made: MadeRequest, status: number, headers: Readonly<Record<string, unknown>>, body: string) => string | null;

async function send(app: AdminApp, { route, url, role, headers, payload }: MadeRequest, judge: Judge): Promise<string | null> {
  const token = role === null ? {} : bearer(role === 'stranger' ? 'not-a-token' : TOKENS[role]);
  const answer = await app.inject({
    method: route.method,
    url,
    // Each from an address of its own, so that failed logins don't add up.
    remoteAddress: `192.0.2.${Math.floor(Math.random() * 250)}`,
    headers: { ...headers, ...token },
    ...(payload === null ? {} : { payload }),
    ...(route.path.endsWith('/stream') ? { payloadAsStream: true as const } : {}),
  });
  if (route.path.endsWith('/stream') && answer.statusCode === 200) {
    answer.stream().destroy();
    return null;
  }
  const body = route.path.endsWith('/stream') ? await textOf(answer.stream()) : answer.body;
  const fault = judge({ route, url, role, headers, payload }, answer.statusCode, answer.headers, body);
  return fault === null
    ? null
    : `${route.method} ${url.slice(0, 200)} ${payload?.slice(0, 500) ?? ''}: ${answer.statusCode} ${fault}: ${body.slice(0, 300)}`;
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk.toString();
  return text;
}

/** Checks each answer against the document: a status that the route may answer, a problem for each error, and a body as it was promised. */
function judgeBy(document: ApiDocument): Judge {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'doc', components: document.components });
  const compiled = new Map<string, ValidateFunction>();
  const fits = (schema: object): ValidateFunction => {
    const text = JSON.stringify(schema).replaceAll('"#/components', '"doc#/components');
    const known = compiled.get(text) ?? ajv.compile(JSON.parse(text));
    compiled.set(text, known);
    return known;
  };
  const codes: Readonly<Record<string, { readonly status: number }>> = PROBLEMS;

  function wrongProblem({ operation }: ApiRoute, status: number, body: string): string | null {
    const problem: { readonly code: string } = JSON.parse(body);
    if (!fits({ $ref: '#/components/schemas/Problem' })(problem)) return 'no problem as it should be';
    if (codes[problem.code]?.status !== status) return 'a code that is not known, or of another status';
    const described = (operation.responses[String(status)]?.description ?? '').split(', ');
    return [...described, 'not-found'].includes(problem.code) ? null : 'a problem that the document does not describe';
  }

  return ({ route }, status, headers, body) => {
    if (status >= 500) return 'broke';
    const type = String(headers['content-type'] ?? '').replace(/;.*/, '');
    if (status >= 400) return type === 'application/problem+json' ? wrongProblem(route, status, body) : `an error of the type ${type}`;
    const schema = route.operation.responses[String(status)]?.content?.[type]?.schema;
    if (schema === undefined) return `an answer of the type ${type} that the document does not describe`;
    const check = fits(schema);
    return type !== 'application/json' || check(JSON.parse(body)) ? null : `not as promised: ${JSON.stringify(check.errors?.slice(0, 3))}`;
  };
}

/** A service with some data of every kind. */
async function lively(): Promise<{ opened: AdminSite; known: Known }> {
  const opened = await openAdminSite();
  const { site, ask, take } = opened;
  for (const n of [1, 2, 3]) await take(numberedEvent(n, 1));
  site.jira.faults.next.push({ on: 'POST /issue', fault: 'status', status: 400, body: { errorMessages: ['no'] } });
  const stuck = await take(externalEvent());
  await createKeepUnreadable({ store: site.store, emit: () => undefined })({
    hash: 'abc',
    body: '{',
    because: 'not-json',
    path: '',
    message: 'expected JSON',
    queueUrl: 'https://sqs/q',
    onlyCopy: true,
  });
  const operation = await ask('POST', '/api/v1/sweeps', {});
  const { items, nextCursor } = (await ask('GET', '/api/v1/mappings?limit=2')).body;
  const ids: string[] = Object(items).map(({ findingId }: { findingId: string }) => findingId);
  const known: Known = {
    findingId: ids,
    issueKey: site.jira.issues().map(({ key }) => key),
    id: [stuck, String(operation.body['id']), 'everything', 'abc'],
    group: [stuck],
    cursor: [String(nextCursor)],
    scope: ['all', 'rule:everything', 'project:SEC'],
    'if-match': ['"1"', '"2"', '"3"'],
    'idempotency-key': ['a', 'b'],
    project: ['SEC', 'PLAT'],
    issueType: ['Task', 'Bug'],
    before: ['everything'],
    revision: ['1', '2'],
  };
  return { opened, known };
}

test(
  `${REQUESTS} requests that the document allows, almost allows or forbids break nothing, seed ${SEED}`,
  { timeout: 600_000 },
  async () => {
    const { opened, known } = await lively();
    const { document, routes } = await readDescription(opened.app);
    const judge = judgeBy(document);
    const make = createRequestMaker(document, routes, known, seededRandom(SEED));
    const faults: string[] = [];
    const statuses: Record<number, number> = {};
    const counting: Judge = (made, status, headers, body) => {
      statuses[status] = (statuses[status] ?? 0) + 1;
      return judge(made, status, headers, body);
    };
    for (let n = 0; n < REQUESTS && faults.length < 20; n += 1) {
      const fault = await send(opened.app, make(), counting);
      if (fault !== null) faults.push(fault);
    }
    expect(faults).toEqual([]);
    // Not all were refused: the requests get past the first checks.
    const done = (statuses[200] ?? 0) + (statuses[201] ?? 0) + (statuses[202] ?? 0);
    expect(done).toBeGreaterThan(REQUESTS / 10);
    expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['200', '202', '400', '401', '403', '404', '409', '422', '428']));
  },
);

test('while the store is away, every request is answered with a problem, and none breaks', { timeout: 120_000 }, async () => {
  const away = (): Promise<never> => Promise.reject(new StoreUnavailable('connect ECONNREFUSED'));
  const store: Store = { read: away, commit: away, page: away, due: away, counts: away, now: away, identity: away, close: async () => {} };
  const admin = await startAdmin([findingRecord()], { store });
  const { document, routes } = await readDescription(admin.app);
  const make = createRequestMaker(document, routes, {}, seededRandom(SEED));
  const faults: string[] = [];
  let unavailable = 0;
  const judge: Judge = (_made, status, headers, body) => {
    if (status === 503) unavailable += 1;
    if (status < 500) return null;
    const problem: { readonly code?: string } = JSON.parse(body);
    return status === 503 && problem.code === 'store-unavailable' && headers['retry-after'] !== undefined ? null : 'broke';
  };
  for (let n = 0; n < 2_000 && faults.length < 20; n += 1) {
    const fault = await send(admin.app, make(), judge);
    if (fault !== null) faults.push(fault);
  }
  await admin.close();
  expect(faults).toEqual([]);
  expect(unavailable).toBeGreaterThan(300);
});
