import { expect, test } from 'vitest';
import { createCreateMeta, FRESH_MS, KEEP_MS, type CreateMeta, type ScreenRead } from '../../../src/jira/project/create-meta.ts';
import { callsTo, scriptJira, type Reply, type ScriptedJira, type SeenRequest } from '../../support/jira/scripted-jira.ts';
import { testClock, type TestClock } from '../../support/service/service-parts.ts';

const TYPES = '/rest/api/3/issue/createmeta/SEC/issuetypes';
const FIELDS = `${TYPES}/10100`;

const types: Reply = {
  status: 200,
  json: {
    issueTypes: [
      { id: '10100', name: 'Task' },
      { id: '10101', name: 'Bug', subtask: true },
    ],
    total: 2,
  },
};
const field = (fieldId: string, more: object = {}): object => ({
  fieldId,
  name: fieldId,
  required: false,
  schema: { type: 'string' },
  ...more,
});
const fields = (...of: readonly unknown[]): Reply => ({ status: 200, json: { fields: of, total: of.length } });

interface Bench {
  readonly jira: ScriptedJira;
  readonly clock: TestClock;
  readonly meta: CreateMeta;
  read(issueType?: string, maxAgeMs?: number): Promise<ScreenRead>;
  lines(): string[];
}

async function bench(script: (request: SeenRequest, index: number) => Reply | undefined): Promise<Bench> {
  const jira = await scriptJira(script);
  const clock = testClock();
  const meta = createCreateMeta({ ...callsTo(jira.url), clock });
  const read: Bench['read'] = (issueType = 'Task', maxAgeMs = KEEP_MS) =>
    meta.read('SEC', issueType, () => Promise.resolve(true), maxAgeMs);
  return { jira, clock, meta, read, lines: () => jira.lines().map((line) => line.replace('GET ', '')) };
}

const usual = ({ url }: SeenRequest): Reply => (url.includes('/issuetypes/') ? fields(field('summary', { required: true })) : types);

test('cold it is two calls, warm it is none, another type of the project is one', async () => {
  const { read, lines } = await bench(usual);
  expect(await read()).toMatchObject({
    read: 'known',
    ageMs: 0,
    screen: { projectKey: 'SEC', issueType: { id: '10100', name: 'Task', subtask: false } },
  });
  expect(lines()).toEqual([TYPES, FIELDS]);
  expect(await read('tASK')).toMatchObject({ read: 'known' });
  expect(lines()).toHaveLength(2);
  expect(await read('Bug')).toMatchObject({ read: 'known', screen: { issueType: { id: '10101', subtask: true } } });
  expect(lines().slice(2)).toEqual([`${TYPES}/10101`]);
});

test('concurrent callers share one read', async () => {
  const { read, lines } = await bench(usual);
  const all = await Promise.all(Array.from({ length: 20 }, () => read()));
  expect(new Set(all.map((one) => one.read))).toEqual(new Set(['known']));
  expect(lines()).toHaveLength(2);
});

test('pages are read to the end', async () => {
  const asked: string[] = [];
  const { read } = await bench(({ url }) => {
    if (!url.includes('/issuetypes/')) return types;
    const query = new URL(url, 'http://x').searchParams;
    asked.push(`${query.get('startAt')}+${query.get('maxResults')}`);
    const startAt = Number(query.get('startAt'));
    const page = Array.from({ length: Math.min(200, 450 - startAt) }, (_, n) => field(`f${startAt + n}`));
    return { status: 200, json: { fields: page, total: 450 } };
  });
  const known = await read();
  expect(known.read === 'known' ? known.screen.fields.size : 0).toBe(450);
  expect(asked).toEqual(['0+200', '200+200', '400+200']);
});

test('a total that is never reached ends all the same', async () => {
  const { read, jira } = await bench(({ url }, index) =>
    url.includes('/issuetypes/') ? { status: 200, json: { fields: [field(`f${index}`)], total: 1e9 } } : types,
  );
  expect((await read()).read).toBe('known');
  expect(jira.requests.length).toBeLessThan(30);
});

test('a field in a form of its own hides no other, and disabled and archived values are not offered', async () => {
  const { read } = await bench(({ url }) =>
    url.includes('/issuetypes/')
      ? fields(
          'odd',
          { fieldId: 5 },
          field('customfield_1', {
            required: true,
            hasDefaultValue: true,
            schema: {
              type: 'array',
              items: 'option',
              custom: 'com.atlassian.jira.plugin.system.customfieldtypes:multiselect',
              customId: 1,
            },
            allowedValues: [
              { id: '1', value: 'A', children: [{ id: '2', value: 'B' }] },
              { id: '3', value: 'C', disabled: true },
              { id: '4', name: 'D', archived: true },
              7,
            ],
          }),
          field('labels', { schema: { type: 'array', items: 'string', system: 'labels' }, required: true }),
        )
      : types,
  );
  const known = await read();
  expect(known.read === 'known' ? [...known.screen.fields.values()] : known).toEqual([
    {
      id: 'customfield_1',
      name: 'customfield_1',
      required: false,
      type: 'array',
      items: 'option',
      kind: 'multiselect',
      choices: [{ id: '1', label: 'A', children: [{ id: '2', label: 'B', children: [] }] }],
    },
    { id: 'labels', name: 'labels', required: true, type: 'array', items: 'string', kind: 'labels', choices: null },
  ]);
});

test('choices have choices below them, and deeper levels are ignored', async () => {
  const deep = `${'{"value":"A","children":['.repeat(100_000)}${']}'.repeat(100_000)}`;
  const text = `{"fields":[${JSON.stringify(field('area', { allowedValues: ['DEEP'] })).replace('"DEEP"', deep)}]}`;
  const { read } = await bench(({ url }) => (url.includes('/issuetypes/') ? { status: 200, text } : types));
  const known = await read();
  const choice = { id: null, label: 'A', children: [{ id: null, label: 'A', children: [] }] };
  expect(known.read === 'known' ? known.screen.fields.get('area')?.choices : known).toEqual([choice]);
});

test('a type is found by its shown name, its untranslated name or its id, and several of one name are told apart', async () => {
  const named = (...of: readonly object[]): Promise<Bench> =>
    bench(({ url }) => (url.includes('/issuetypes/') ? fields() : { status: 200, json: { issueTypes: of, total: of.length } }));
  const task = { id: '10004', name: 'Aufgabe', untranslatedName: 'Task' };
  const { read } = await named(task, { id: '10005', name: 'Fehler', untranslatedName: 'Bug' });
  for (const name of ['Task', 'task', 'Aufgabe', '10004'])
    expect(await read(name)).toMatchObject({ read: 'known', screen: { issueType: { id: '10004', name: 'Aufgabe' } } });
  const own = await named(task, { id: '7', name: 'Task' });
  expect(await own.read('Task')).toMatchObject({ read: 'known', screen: { issueType: { id: '7' } } });
  const two = await named(task, { ...task, id: '7' });
  expect(await two.read('Task')).toMatchObject({ read: 'ambiguous-type', among: [{ id: '10004' }, { id: '7' }] });
  expect(await two.read('7')).toMatchObject({ read: 'known', screen: { issueType: { id: '7' } } });
});

test('without a total, pages are read until one is not full', async () => {
  const { read } = await bench(({ url }) => {
    if (!url.includes('/issuetypes/')) return types;
    const startAt = Number(new URL(url, 'http://x').searchParams.get('startAt'));
    return { status: 200, json: { fields: Array.from({ length: Math.min(200, 250 - startAt) }, (_, n) => field(`f${startAt + n}`)) } };
  });
  const known = await read();
  expect(known.read === 'known' ? known.screen.fields.size : 0).toBe(250);
});

test('a type that the project does not offer, and an account that is offered none', async () => {
  const { read } = await bench(usual);
  expect(await read('Epic')).toMatchObject({ read: 'no-such-type', offered: ['Task', 'Bug'] });
  const none = await bench(() => ({ status: 200, json: { issueTypes: [], total: 0 } }));
  expect(await none.read()).toMatchObject({
    read: 'not-readable',
    failure: { code: 'jira-forbidden', message: expect.stringContaining('Create issues') },
  });
});

test.each<readonly [string, Reply, string, number]>([
  ['403', { status: 403, json: { errorMessages: ['no'], errors: {} } }, 'jira-forbidden', 1],
  ['404', { status: 404, json: { errorMessages: ['gone'], errors: {} } }, 'jira-not-found', 1],
  ['429', { status: 429, headers: { 'retry-after': '1' } }, 'jira-rate-limited', 1],
  ['503', { status: 503 }, 'jira-server-error', 2],
  ['503 that says how long', { status: 503, headers: { 'retry-after': '30' } }, 'jira-server-error', 1],
  ['a login page', { status: 200, text: '<html>' }, 'jira-bad-answer', 2],
  ['another shape', { status: 200, json: { values: [] } }, 'jira-bad-answer', 2],
  ['a broken connection', (response) => void response.socket?.destroy(), 'jira-unreachable', 2],
])('after %s the read is repeated once in a while, not with every finding', async (_, reply, code, calls) => {
  let works = false;
  const { read, clock, lines } = await bench((request) => (works ? usual(request) : reply));
  for (let time = 0; time < 3; time += 1) expect(await read()).toMatchObject({ read: 'not-readable', failure: { code } });
  expect(lines()).toEqual(Array.from({ length: calls }, () => TYPES));
  works = true;
  clock.forward(60_001);
  expect(await read()).toMatchObject({ read: 'known' });
});

test('after a passing fault the read is repeated once', async () => {
  const { read, lines } = await bench((request, index) => (index % 2 === 0 ? { status: 502 } : usual(request)));
  expect(await read()).toMatchObject({ read: 'known' });
  expect(lines()).toEqual([TYPES, TYPES, FIELDS, FIELDS]);
});

test('an answer that is too old for the caller or the cache is read again', async () => {
  const { read, clock, lines } = await bench(usual);
  await read();
  clock.forward(FRESH_MS + 1);
  expect(await read()).toMatchObject({ read: 'known', ageMs: expect.closeTo(FRESH_MS, -4) });
  expect(lines()).toHaveLength(2);
  expect(await read('Task', FRESH_MS)).toMatchObject({ read: 'known', ageMs: 0 });
  expect(lines()).toHaveLength(4);
  clock.forward(KEEP_MS + 1);
  await read();
  expect(lines()).toHaveLength(6);
});

test('after a refusal an old screen is read again, and a fresh one is not', async () => {
  const { read, meta, clock, lines } = await bench(usual);
  await read();
  expect(meta.refused('SEC')).toBe(false);
  await read();
  expect(lines()).toHaveLength(2);
  clock.forward(FRESH_MS + 1);
  expect(meta.refused('OTHER')).toBe(false);
  expect(meta.refused('SEC')).toBe(true);
  expect(meta.refused('SEC')).toBe(false);
  await read();
  expect(lines()).toHaveLength(4);
});

test('a caller without a permit gets no screen, and does not spoil the read of another', async () => {
  const { meta, read, lines } = await bench(usual);
  const putOff = meta.read('SEC', 'Task', () => Promise.resolve(false), KEEP_MS);
  const [first, second] = await Promise.all([putOff, read()]);
  expect([first.read, second.read]).toEqual(['put-off', 'known']);
  expect(lines()).toEqual([TYPES, FIELDS]);
});
