import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPage, type Page } from '../../../src/parts/page/page.ts';
import { saveText, toCsv } from '../../../src/parts/page/assets/csv.js';
import { duration, resourceName, visible, webLink, withLocalTimes } from '../../../src/parts/page/assets/format.js';
import { nextSort, sortedBy } from '../../../src/parts/page/assets/views/findings/sort.js';
import { BECAUSE, HISTORY, OWNER_SOURCE, SEVERITY, STATE } from '../../../src/parts/page/assets/words.js';
import { HISTORY_KINDS, STATES } from '../../../src/admin/routes/mapping.ts';
import { FILTERS } from '../../../src/admin/routes/mapping-query.ts';
import { SEVERITIES } from '../../../src/findings/severity.ts';
import { OWNER_SOURCES } from '../../../src/issues/facts/find-owner.ts';
import { FAILURE_CODES } from '../../../src/issues/failure.ts';
import { FAILURE } from '../../../src/parts/page/assets/views/failures/failure-words.js';
import { UNREADABLE } from '../../../src/parts/page/assets/views/dead-letters/unreadable-words.js';
import { scopeText, untilOf } from '../../../src/parts/page/assets/views/pauses/pause-ends.js';
import { FILTER_NAMES } from '../../../src/parts/page/assets/views/findings/filter-names.js';
import { startAdmin, type AdminFixture } from '../../support/admin/admin-server.ts';
import { rowsUnder, textOf, codesIn } from '../../support/docs/read-docs.ts';
import { scanModule } from '../../support/source/scan-module.ts';

const ASSETS = join(import.meta.dirname, '../../../src/parts/page/assets');
/** The first view may weigh this much, without compression. */
const MAX_BYTES = 300_000;
const PACKAGES = ['htm', 'preact', 'preact/hooks'];

const sources = readdirSync(ASSETS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));

let page: Page;
let admin: AdminFixture;
beforeAll(async () => {
  page = await readPage();
  admin = await startAdmin([], { files: page.files });
});
afterAll(() => admin.close());

/** Every module that a module imports before it runs, by path of the server. */
function importsOf(file: string): readonly string[] {
  const tokens = scanModule(readFileSync(join(ASSETS, file), 'utf8'));
  return tokens.flatMap((token, at) => {
    const next = tokens[at + 1];
    return token.kind === 'word' && /^(?:from|import)$/.test(token.text) && next?.kind === 'string' ? [next.text] : [];
  });
}

describe('what is served', () => {
  test('needs no login, is checked by its tag each time, and allows nothing from elsewhere', async () => {
    for (const { path } of page.files) {
      const answer = await admin.app.inject({ url: path });
      expect([path, answer.statusCode, answer.headers['cache-control']]).toEqual([path, 200, 'no-cache']);
      const again = await admin.app.inject({ url: path, headers: { 'if-none-match': String(answer.headers.etag) } });
      expect([path, again.statusCode, again.body]).toEqual([path, 304, '']);
    }
    const { headers, body } = await admin.app.inject({ url: '/' });
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'sha256-[\w+/=]+'; style-src 'self';/);
    expect(policy).not.toMatch(/unsafe|https?:|\*|data:|blob:/);
    const importMap = /<script type="importmap">(.*?)<\/script>/s.exec(body)?.[1] ?? '';
    expect(policy).toContain(createHash('sha256').update(importMap).digest('base64'));
    expect(body).not.toMatch(/ on\w+=| style=|https?:/);
  });

  test('is nothing but these files', async () => {
    for (const url of ['/page', '/page/', '/page/../package.json', '/page/%2e%2e/server.ts', '/page/tsconfig.json', '/page/none.js']) {
      expect([url, (await admin.app.inject({ url })).statusCode]).toEqual([url, 404]);
    }
  });

  test('is small: all that the first view loads', () => {
    const [document] = page.files;
    const asked = [...String(document?.body).matchAll(/(?:href|src)="(\/page\/[^"]+)"/g)].map(([, path]) => path);
    const loaded = page.files.filter(({ path }) => path === '/' || asked.includes(path));
    expect(loaded.length).toBeGreaterThan(30);
    expect(loaded.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0)).toBeLessThan(MAX_BYTES);
    // What a module imports is asked for at once with it, not after it.
    const late = sources
      .filter((file) => asked.includes(`/page/${file}`))
      .flatMap((file) =>
        importsOf(file).flatMap((name) => {
          const path = name.startsWith('.') ? `/page/${posix.join(dirname(file), name)}` : null;
          return path === null || asked.includes(path) ? [] : [`${file} -> ${name}`];
        }),
      );
    expect(late).toEqual([]);
  });
});

describe('the sources', () => {
  test('import only each other and the packages of the import map, and no source reads markup from text', () => {
    const problems = sources.flatMap((file) => {
      const text = readFileSync(join(ASSETS, file), 'utf8');
      const foreign = importsOf(file).filter((name) => !name.startsWith('.') && !PACKAGES.includes(name));
      const absent = importsOf(file).filter((name) => name.startsWith('.') && !sources.includes(posix.join(dirname(file), name)));
      const unsafe = /innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|new Function/.test(text)
        ? ['markup or code from text']
        : [];
      const named = /^[a-z0-9]+(-[a-z0-9]+)*\.js$/.test(posix.basename(file)) ? [] : ['its name'];
      const long = text.split('\n').length > 250 ? ['its length'] : [];
      return [...foreign, ...absent, ...unsafe, ...named, ...long].map((problem) => `${file}: ${problem}`);
    });
    expect(problems).toEqual([]);
    expect(sources.length).toBeGreaterThan(30);
  });

  test('know the words of the service: states, severities, reasons, history, filters', () => {
    const reasons = rowsUnder(textOf('docs/operations/reference.md'), 'What a mapping says').flatMap(([code]) => codesIn(code));
    expect(reasons.length).toBeGreaterThan(20);
    expect(STATES.filter((state) => STATE[state] === undefined)).toEqual([]);
    expect(SEVERITIES.filter((severity) => SEVERITY[severity] === undefined)).toEqual([]);
    expect(reasons.filter((reason) => BECAUSE[reason] === undefined)).toEqual([]);
    expect(Object.keys(FAILURE).toSorted()).toEqual(FAILURE_CODES.toSorted());
    const unread = rowsUnder(textOf('docs/operations/reference.md'), 'Messages that cannot be read').flatMap(([code]) => codesIn(code));
    expect(Object.keys(UNREADABLE).toSorted()).toEqual(unread.toSorted());
    expect(FILTER_NAMES.filter((name) => name !== 'owner' && !Object.hasOwn(FILTERS, name))).toEqual([]);
    expect(HISTORY_KINDS.filter((what) => !Object.hasOwn(HISTORY, what))).toEqual([]);
    expect(Object.keys(OWNER_SOURCE).toSorted()).toEqual(OWNER_SOURCES.toSorted());
  });
});

describe('text from outside', () => {
  test('shows what would be invisible, and nothing else is changed', () => {
    expect(visible('a\u202eb\u0000')).toBe('a‹202E›b‹0000›');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => !/[\u0000-\u001f\u202a-\u202e\u2066-\u2069]/.test(visible(text))),
    );
    fc.assert(fc.property(fc.stringMatching(/^[ -~]*$/), (text) => visible(text) === text));
  });

  test('becomes no link but to the web', () => {
    expect(['https://a.example/x', 'HTTP://a', 'javascript:alert(1)', ' https://a', '//a', 'data:text/html,x', ''].map(webLink)).toEqual([
      'https://a.example/x',
      'HTTP://a',
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  test('becomes no formula, and comes back from CSV as it was', () => {
    const rows = [['=1+1', '+a', '-1', '@x', '\tq', 'a,b', 'say "x"', 'a\nb', null, 5]];
    expect(toCsv(['h'], rows)).toBe(`\ufeffh\r\n'=1+1,'+a,'-1,'@x,"'\tq","a,b","say ""x""","a\nb",,5\r\n`);
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { minLength: 1, maxLength: 4 }), (cells) => {
        const line = toCsv([], [cells]).slice('\ufeff\r\n'.length, -2);
        const read = [...`${line},`.matchAll(/("(?:[^"]|"")*"|[^,]*),/g)].map(([, cell = '']) =>
          cell.replace(/^"(.*)"$/s, '$1').replaceAll('""', '"'),
        );
        return (
          read.length === cells.length &&
          read.every((cell, at) => cell === cells[at] || cell === `'${cells[at]}`) &&
          !read.some((cell) => /^[=+\-@]/.test(cell))
        );
      }),
    );
    expect(typeof saveText).toBe('function');
  });
});

describe('the forms of values', () => {
  test('ends of pauses, in time to come only', () => {
    const now = Date.UTC(2026, 2, 1, 12);
    expect(untilOf('PT4H', '', now)).toBe('2026-03-01T16:00:00.000Z');
    expect(untilOf('never', '', now)).toBe(null);
    expect(untilOf('at', '2026-03-02T00:00Z', now)).toBe('2026-03-02T00:00:00.000Z');
    expect(['2026-03-01T11:59Z', '', 'soon'].map((at) => untilOf('at', at, now))).toEqual([undefined, undefined, undefined]);
    expect(['all', 'rule:a', 'project:SEC'].map(scopeText)).toEqual(['Everything', 'Rule a', 'Project SEC']);
  });

  test.each([
    [0, '0 ms'],
    [59_400, '59 s'],
    [90_000, '2 min'],
    [3 * 3_600_000, '3 h'],
    [50 * 3_600_000, '2 days'],
  ])('%d ms is %s', (ms, text) => expect(duration(ms)).toBe(text));

  test('names of resources, and times in sentences', () => {
    expect(['arn:aws:s3:::bucket', 'arn:aws:iam::111122223333:role/a:b', 'odd'].map(resourceName)).toEqual(['bucket', 'role/a:b', 'odd']);
    expect(withLocalTimes('until 2026-11-30T22:28:05.991Z, and')).toMatch(/^until \w+ \d+(?:, 2026)?, \d\d:\d\d, and$/);
  });

  test('sorts by severity and by number of issue, up, down and not at all', () => {
    const rows = [
      { severity: 'low', issue: { key: 'SEC-10' } },
      { severity: 'critical', issue: null },
      { severity: 'high', issue: { key: 'SEC-9' } },
    ];
    expect(sortedBy(rows, 'severity').map(({ severity }) => severity)).toEqual(['critical', 'high', 'low']);
    expect(sortedBy(rows, '-severity').map(({ severity }) => severity)).toEqual(['low', 'high', 'critical']);
    expect(sortedBy(rows, 'issue').map(({ issue }) => issue?.key)).toEqual(['SEC-9', 'SEC-10', undefined]);
    expect(sortedBy(rows, 'toString')).toBe(rows);
    expect(['', 'issue', '-issue'].map((sort) => nextSort(sort, 'issue'))).toEqual(['issue', '-issue', '']);
  });
});
