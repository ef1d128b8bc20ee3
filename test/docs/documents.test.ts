import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseDocument } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { PROBLEMS } from '../../src/admin/problem-codes.ts';
import { AWS_SDK_VARIABLES, ENVIRONMENT_VARIABLES } from '../../src/config/environment-variables.ts';
import { FINDING_KINDS } from '../../src/findings/finding-event.ts';
import type { IgnoredReason, UnreadableReason } from '../../src/intake/message-part.ts';
import { MIN_VISIBILITY_SECONDS } from '../../src/intake/sqs-queue.ts';
import { FAILURE_ADVICE } from '../../src/issues/failure-advice.ts';
import type { RequeueAt } from '../../src/issues/group-record.ts';
import type { StepTaken } from '../../src/issues/step.ts';
import { EPOCHS } from '../../src/pipeline/records/service-collections.ts';
import { REFUSAL_CODES } from '../../src/pipeline/ports/details-source.ts';
import type { Lookup, NoteWord } from '../../src/pipeline/ports/issue-tracker.ts';
import type { PreflightCode } from '../../src/pipeline/ports/preflight.ts';
import { EPOCH, put, type Store } from '../../src/pipeline/ports/store.ts';
import { TEMPLATE_PATHS } from '../../src/rules/template-paths.ts';
import { openEmbeddedStore } from '../../src/store/embedded-store.ts';
import { openRedisStore } from '../../src/store/redis-store.ts';
import { COUNTERS } from '../../src/telemetry/counters.ts';
import { HISTOGRAMS } from '../../src/telemetry/histograms.ts';
import { SERVICE_EVENT_MESSAGES } from '../../src/telemetry/service-event-messages.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { startAdmin } from '../support/admin/admin-server.ts';
import { anchorsOf, codesIn, DOCUMENTS, filesUnder, ROOT, rowsUnder, sorted, tablesUnder, textOf } from '../support/docs/read-docs.ts';
import { redisServerPath, startRedis } from '../support/servers/redis-server.ts';
import { testClock } from '../support/service/service-parts.ts';
import { spoilDocument } from '../support/service/spoil-document.ts';

/** Holds the documents against the code, both ways: what is there is told, and what is told is there. */

const REFERENCE_FILE = 'docs/operations/reference.md';
const TROUBLESHOOTING_FILE = 'docs/operations/troubleshooting.md';
const [README, REFERENCE] = ['README.md', REFERENCE_FILE].map(textOf);

// Unions of types have no values; `satisfies` makes the compiler compare these lists with them, both ways.
const UNREADABLE_REASONS = Object.keys({
  'not-json': 0,
  'too-deep': 0,
  'not-an-event': 0,
  'foreign-source': 0,
  'test-source': 0,
  'unknown-detail-type': 0,
  'not-a-finding': 0,
  'account-not-allowed': 0,
} satisfies Record<UnreadableReason, 0>);

const IGNORED_REASONS = Object.keys({
  'access-preview': 0,
  'api-call': 0,
  'other-product': 0,
  'ocsf-finding': 0,
  'subscription-confirmation': 0,
  'unsubscribe-confirmation': 0,
} satisfies Record<IgnoredReason, 0>);

const BECAUSES = Object.keys({
  'not-reconciled-yet': 0,
  'not-opened-yet': 0,
  'already-open': 0,
  'already-closed': 0,
  'never-opened': 0,
  'rule-ignores': 0,
  'no-rule-matches': 0,
  unrouted: 0,
  'no-members': 0,
  'members-unknown': 0,
  'closed-by-person': 0,
  'issue-deleted': 0,
  unlinked: 0,
  paused: 0,
  'observe-only': 0,
  'over-limit': 0,
  'rule-observes': 0,
  linked: 0,
  'content-changed': 0,
  'members-changed': 0,
  'follows-another': 0,
  'active-again': 0,
  'routed-again': 0,
  resolved: 0,
  archived: 0,
  ended: 0,
  unmonitored: 0,
  unanalysed: 0,
  backoff: 0,
  'rate-limited': 0,
  'sending-elsewhere': 0,
  lookup: 0,
  'store-suspect': 0,
  cooldown: 0,
  gathering: 0,
  'error-issue-awaited': 0,
  'labels-not-on-screen': 0,
  'transition-unfinished': 0,
  'details-awaited': 0,
  'analyzer-in-doubt': 0,
  'passed-on': 0,
} satisfies Record<StepTaken['because'] | RequeueAt['because'] | 'not-reconciled-yet' | 'passed-on', 0>);

const LOOKUPS = Object.keys({ ok: 0, 'not-our-account': 0, warnings: 0, 'no-control-seen': 0, failed: 0 } satisfies Record<
  Lookup['because'],
  0
>);

const NOTES = Object.keys({
  'assignee-unknown': 0,
  'assignee-inactive': 0,
  'assignee-not-looked-up': 0,
  'assignee-not-on-screen': 0,
  'description-not-on-screen': 0,
  'screen-not-read': 0,
  'field-left-out': 0,
  'resolution-not-fixed': 0,
} satisfies Record<NoteWord, 0>);

const PREFLIGHT_CODES = Object.keys({
  'project-not-visible': 0,
  'issue-type-unknown': 0,
  'priority-unknown': 0,
  'component-unknown': 0,
  'security-level-unknown': 0,
  'parent-unknown': 0,
  'field-unknown': 0,
  'field-value-unfit': 0,
  'field-required': 0,
  'not-on-screen': 0,
  'assignee-unknown': 0,
  'permission-missing': 0,
  'project-open-to-all': 0,
  'status-unknown': 0,
  'transition-unknown': 0,
  'resolution-unknown': 0,
  'close-undecided': 0,
  'no-path-to-close': 0,
  'no-path-to-reopen': 0,
  'not-checked': 0,
} satisfies Record<PreflightCode, 0>);

/** Names in capitals that are no settings of the service: of tests, of the command line, of the image and of the compose file. */
const OTHER_NAMES = [
  'BASE_IMAGE',
  'REDIS_PASSWORD',
  'REDIS_SERVER',
  'CHROME_PATH',
  'F2J_URL',
  'F2J_TOKEN',
  'NO_COLOR',
  'FORCE_COLOR',
  ...Object.values(TEMPLATE_PATHS).map(({ example }) => example),
];

/** A histogram is scraped as several series. */
const SERIES_OF_HISTOGRAM = /(?<=_seconds)_(?:bucket|sum|count)$/;

/** Former names, which only the changelog may use. */
const FORMER_NAMES = [
  'RECONCILE_INTERVAL_MS',
  'f2j_twins_seen_total',
  'f2j_twins_retired_total',
  'f2j_looks_total',
  'POST /api/v1/mappings/{findingId}/settle',
  'POST /api/v1/reconciliations',
  'GET /api/v1/reconciliations/{id}',
  'preview',
  'rules:test',
];

function formerNamesIn(file: string): readonly string[] {
  return file === 'CHANGELOG.md' ? FORMER_NAMES : [];
}

describe('README.md', () => {
  test('has every variable of the environment and no other, with its default', () => {
    const rows = rowsUnder(README, 'Environment');
    const known = ENVIRONMENT_VARIABLES.map(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name]));
    const ours = rows.filter(([name]) => !codesIn(name).some((code) => code.startsWith('AWS_')));
    expect(sorted(ours.map(([name]) => codesIn(name).join(' ')))).toEqual(sorted(known.map((names) => names.join(' '))));
    const defaults = new Map(ours.map(([name, , fallback = '']) => [codesIn(name)[0], fallback]));
    for (const { name, defaultValue, required } of ENVIRONMENT_VARIABLES) {
      expect([name, defaults.get(name)]).toEqual([name, required ? 'required' : defaultValue === null ? '' : `\`${defaultValue}\``]);
    }
    const sdk = rows.filter((row) => !ours.includes(row)).flatMap(([name]) => codesIn(name));
    expect(sorted(sdk)).toEqual(sorted(AWS_SDK_VARIABLES.map(({ name }) => name)));
  });

  test('has every command, and no document has another', () => {
    const listed = rowsUnder(README, 'Commands').flatMap(([command]) => codesIn(command));
    const scripts = Object.keys(packageJson.scripts);
    expect(sorted(listed)).toEqual(
      sorted(scripts.map((name) => (name === 'start' || name === 'test' ? `npm ${name}` : `npm run ${name}`))),
    );
    const named = DOCUMENTS.flatMap((file) =>
      [...textOf(file).matchAll(/npm run (?:--silent )?([a-z0-9:-]+)/g)]
        .map(([, name = '']) => name)
        .filter((name) => !formerNamesIn(file).includes(name)),
    );
    expect(named.length).toBeGreaterThan(scripts.length - 2);
    expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
  });

  test('has a template that lets every finding through, whatever its status, and a queue as the service wants it', () => {
    const [, yaml = ''] = /```yaml\n(Resources:.*?)```/s.exec(README ?? '') ?? [];
    const resources = parseDocument(yaml, { logLevel: 'silent' });
    expect(resources.errors).toEqual([]);
    const at = (...path: string[]): unknown => JSON.parse(JSON.stringify(resources.getIn(['Resources', ...path])));
    expect(at('Rule', 'Properties', 'EventPattern')).toEqual({
      source: ['aws.access-analyzer'],
      'detail-type': Object.keys(FINDING_KINDS),
    });
    expect(Number(at('Findings', 'Properties', 'VisibilityTimeout'))).toBeGreaterThanOrEqual(MIN_VISIBILITY_SECONDS);
    expect(at('Findings', 'Properties', 'RedrivePolicy', 'maxReceiveCount')).toBeTypeOf('number');
  });

  test('has a policy with exactly the calls that are made to SQS and to Access Analyzer', () => {
    const [, json = '{}'] = /```json\n(.*?)```/s.exec(README ?? '') ?? [];
    const [queue, analyzer, lists] = JSON.parse(json).Statement;
    expect(sorted(queue.Action)).toEqual(sqsCallsIn('sqs-queue.ts'));
    const adapters = ['access-analyzer', 'analyzer-lists', 'resource-scan'].map((file) => textOf(`src/intake/${file}.ts`)).join('\n');
    const named = [...adapters.matchAll(/'(access-analyzer:\w+)'/g)].map(([, right = '']) => right);
    const asked = [...new Set([...adapters.matchAll(/new (\w+?)(?:V2)?Command\(/g)].map(([, call]) => `access-analyzer:${call}`))];
    expect(sorted([...analyzer.Action, lists.Action])).toEqual(sorted(asked));
    expect(sorted(named)).toEqual(sorted(asked));
  });

  test('has a policy for moving dead letters back', () => {
    const [, json = '{}'] = /```json\n(\{\n {2}"Effect".*?)```/s.exec(README ?? '') ?? [];
    // Sent to the queue itself, which the text says.
    const calls = sqsCallsIn('sqs-dead-letters.ts', 'move-task.ts', 'own-move.ts').filter((call) => call !== 'sqs:SendMessage');
    expect(sorted(JSON.parse(json).Action)).toEqual(calls);
  });
});

describe(REFERENCE_FILE, () => {
  test('has every route with its role, and no other; no document names another', async () => {
    const admin = await startAdmin([]);
    onTestFinished(() => admin.close());
    const paths: Record<string, Record<string, { description?: string }>> = (await admin.app.inject({ url: '/openapi.json' })).json().paths;
    const served = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { description }]) => ({
        route: `${method.toUpperCase()} ${path}`,
        role: description?.replace('Role: ', '') ?? 'none',
      })),
    );
    const listed = rowsUnder(REFERENCE, 'Routes').map(([route, role]) => `${codesIn(route).join()} ${role}`);
    expect(sorted(listed)).toEqual(sorted(served.map(({ route, role }) => `${route} ${role}`)));
    const ofParts = rowsUnder(REFERENCE, 'Routes of parts').flatMap(([route]) => codesIn(route));
    const known = new Set([...served.map(({ route }) => route), ...ofParts]);
    const unknown = DOCUMENTS.flatMap((file) =>
      codesIn(textOf(file))
        .flatMap((code) => /^[A-Z]+ \/(?:api\/v1\/|livez|readyz|metrics|openapi)[^\s?]*/.exec(code)?.[0] ?? [])
        .filter((route) => !known.has(route) && !formerNamesIn(file).includes(route))
        .map((route) => `${file}: ${route}`),
    );
    expect(unknown).toEqual([]);
  });

  test('has every metric with its labels, and no other', async () => {
    const metrics = createMetrics();
    metrics.collectFrom(async () => ({
      mappings: { open: 1 },
      issues: { open: 2, closed: 1 },
      overdue: { high: 1 },
      oldestAgeDays: 3,
      callsPerSecond: 10,
      queueDepth: 0,
      oldestDueMs: 0,
      storeTrusted: true,
    }));
    const page = await metrics.render();
    const gauges = [...page.matchAll(/^# TYPE (f2j_\S+) gauge$/gm)].map(([, name = '']): [string, string[]] => [
      name,
      [...new Set([...page.matchAll(new RegExp(`^${name}\\{(\\w+)=`, 'gm'))].map(([, label = '']) => label))],
    ]);
    expect(gauges.length).toBeGreaterThan(0);
    const counters = Object.entries({ ...COUNTERS, ...HISTOGRAMS }).map(([name, { labels }]): [string, string[]] => [name, [...labels]]);
    const listed = rowsUnder(REFERENCE, 'Metrics').map(([name, labels]): [string, string[]] => [codesIn(name).join(), codesIn(labels)]);
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries([...counters, ...gauges]));
    const unknown = DOCUMENTS.flatMap((file) =>
      [...textOf(file).matchAll(/f2j_\w+/g)]
        .map(([name]) => name)
        .filter((name) => !listed.some(([known]) => known === name.replace(SERIES_OF_HISTOGRAM, '')) && !formerNamesIn(file).includes(name))
        .map((name) => `${file}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  test('has every sentence of the log with its level, and no other', () => {
    const [serviceEvents, others] = tablesUnder(REFERENCE, 'Log');
    const listed = Object.fromEntries(serviceEvents?.map(([sentence, level = '']) => [codesIn(sentence).join(), level]) ?? []);
    // Where the level depends on what happened, the document names several.
    const several: unknown = expect.stringMatching(/^\w+(, \w+)+$/);
    const known = Object.values(SERVICE_EVENT_MESSAGES).map(({ sentence, level }) => [
      sentence,
      typeof level === 'string' ? level : several,
    ]);
    expect(listed).toEqual(Object.fromEntries(known));
    const sources = filesUnder('src').map(textOf).join('\n');
    const lines = others?.flatMap(([line]) => codesIn(line)) ?? [];
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => !sources.includes(line))).toEqual([]);
  });

  test.each([
    ['failure codes', 'Failure codes', Object.keys(FAILURE_ADVICE)],
    ['reasons why a message can not be read', 'Messages that cannot be read', UNREADABLE_REASONS],
    ['reasons why a message is passed over', 'Messages that are passed over', IGNORED_REASONS],
    ['reasons of a mapping', 'What a mapping says', BECAUSES],
    ['results of a lookup', 'Uncertain', LOOKUPS],
    ['reasons why details are missing', 'Details', [...REFUSAL_CODES]],
    ['notes', 'What the history notes', NOTES],
    ['problems of a preflight', 'Preflight', PREFLIGHT_CODES],
  ])('has all %s, and no others', (_what, heading, known) => {
    expect(sorted(rowsUnder(REFERENCE, heading).flatMap(([code]) => codesIn(code)))).toEqual(sorted(known));
  });

  test('says of every failure what the API advises', () => {
    const listed = rowsUnder(REFERENCE, 'Failure codes').map(([code, , , advice = '']) => [
      codesIn(code).join(),
      advice.replaceAll(/[`*]/g, ''),
    ]);
    expect(Object.fromEntries(listed)).toEqual(FAILURE_ADVICE);
  });

  /** The lines that put a document of the collection `groups` back from a backup. */
  const line = (beginning: string): string =>
    (REFERENCE ?? '').split('\n').find((one) => one.startsWith(beginning)) ?? `no line ${beginning}`;
  const GROUP = { id: 'ID', collection: { name: 'groups', terms: () => [], at: () => 1, due: () => null } } as const;
  async function fill(store: Store): Promise<void> {
    const epoch = { identity: await store.identity(), trusted: true, since: null, secondPass: false, nextPassAt: 0 };
    const [before] = await store.read(EPOCHS, [EPOCH.id]);
    await store.commit([put(EPOCHS, EPOCH.id, before?.version ?? null, epoch)]);
    expect(await store.commit([put(GROUP.collection, GROUP.id, null, { text: 'good' })])).toMatchObject({ ok: true });
  }

  test('has a line for sqlite3 that puts a document back from a backup', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'f2j-docs-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const store = openEmbeddedStore(folder, testClock());
    await fill(store);
    await store.close();
    cpSync(join(folder, 'store.sqlite'), join(folder, 'backup.sqlite'));
    spoilDocument(folder, GROUP.collection.name, GROUP.id, '{');
    const [, sql = ''] = /^sqlite3 data\/store\.sqlite "(.*)"$/.exec(line('sqlite3 data/store.sqlite "ATTACH')) ?? [];
    const db = new DatabaseSync(join(folder, 'store.sqlite'));
    db.exec(sql.replace('data/backup.sqlite', join(folder, 'backup.sqlite')));
    db.close();
    const again = openEmbeddedStore(folder, testClock());
    expect((await again.read(GROUP.collection, [GROUP.id]))[0]?.doc).toEqual({ text: 'good' });
    await again.close();
  });

  test.skipIf(redisServerPath() === null)('has a line that names the key of a document in Redis', async () => {
    const server = await startRedis({});
    const store = await openRedisStore({ url: server.url, installation: 'default' });
    const redis = new Redis(server.url);
    onTestFinished(async () => {
      redis.disconnect();
      await store.close();
      await server.remove();
    });
    await fill(store);
    const key = execFileSync('sh', ['-c', `${line('KEY=')}; printf %s "$KEY"`], { encoding: 'utf8' });
    expect(await redis.exists(key)).toBe(1);
  });
});

describe(TROUBLESHOOTING_FILE, () => {
  const text = textOf(TROUBLESHOOTING_FILE);
  const codes = codesIn(text.replaceAll(/```.*?```/gs, ''));
  const sources = filesUnder('src').map(textOf).join('\n');

  test('lists every symptom at its beginning, and links to it', () => {
    const [symptoms = []] = tablesUnder(text, 'Troubleshooting');
    const linked = symptoms.flatMap(([, link = '']) => /\]\(#(.+)\)/.exec(link)?.[1] ?? []);
    expect(linked).toEqual(anchorsOf(text).slice(1));
  });

  test('quotes only log lines and codes that are in use', () => {
    const lines = codes.filter((code) => /^[A-Z][a-z]+ [a-z]/.test(code));
    const reasons = codes.filter((code) => /^[a-z]+(?:-[a-z]+)+$/.test(code));
    expect([lines.length > 5, reasons.length > 20]).toEqual([true, true]);
    expect([...lines, ...reasons].filter((code) => !sources.includes(code))).toEqual([]);
  });
});

describe('docs/errors.md', () => {
  test('has every problem code, and no other', () => {
    const listed = [...textOf('docs/errors.md').matchAll(/^### `(.+)`$/gm)].map(([, code = '']) => code);
    expect(sorted(listed)).toEqual(sorted(Object.keys(PROBLEMS)));
  });
});

describe.each(DOCUMENTS)('%s', (file) => {
  const text = textOf(file);

  test('links to files and headings that are there', () => {
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target).filter((target) => !/^[a-z]+:/.test(target));
    const broken = targets.filter((target) => {
      const [path = '', anchor] = target.split('#');
      const to = path === '' ? file : relative(ROOT, join(ROOT, dirname(file), path));
      return !existsSync(join(ROOT, to)) || (anchor !== undefined && !anchorsOf(textOf(to)).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  test('names no path of a machine', () => {
    expect(text).not.toContain(ROOT);
    expect(text.match(/(?<![\w./:])\/(?:home|root|work|tmp|usr|opt|mnt|Users)\/\S*/g)).toBeNull();
  });

  test('names only settings that are read', () => {
    const known = [...ENVIRONMENT_VARIABLES, ...AWS_SDK_VARIABLES].flatMap(({ name }) => [name, `${name}_FILE`]);
    const named = codesIn(text.replaceAll(/```.*?```/gs, '')).flatMap(
      (code) => /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?==|$)/.exec(code)?.[0] ?? [],
    );
    const others = [...OTHER_NAMES, ...formerNamesIn(file)];
    expect(named.filter((name) => !known.includes(name) && !others.includes(name))).toEqual([]);
  });
});

test('the picture of the board is small', () => {
  const size = readFileSync(join(ROOT, 'docs/board.png')).byteLength;
  expect(size).toBeGreaterThan(10_000);
  expect(size).toBeLessThan(300_000);
});

/** The rights that the calls in files of intake want. */
function sqsCallsIn(...files: readonly string[]): string[] {
  const calls = files.flatMap((file) => [...textOf(`src/intake/${file}`).matchAll(/new (\w+?)(?:Batch)?Command\(/g)]);
  return sorted([...new Set(calls.map(([, call = '']) => `sqs:${call}`))]);
}
