import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readArchitecture } from './support/source/architecture.ts';

/** Files that a reader takes in at a glance. */
const MAX_FILES = 35;
const MAX_APP_LINES = 250;

describe('the source', () => {
  const src = join(import.meta.dirname, '../src');
  const architecture = readArchitecture(src);

  test('keeps to the arrows, and needs every one of them', () => {
    expect(architecture.problems).toEqual([]);
    expect(architecture.idleArrows).toEqual([]);
  });

  test('was seen', () => {
    const layers = [...new Set(Object.keys(architecture.folders).map((folder) => folder.split('/')[0]))];
    expect(layers.toSorted()).toEqual([
      'admin',
      'cli',
      'config',
      'findings',
      'intake',
      'issues',
      'jira',
      'network',
      'parts',
      'pipeline',
      'proof',
      'queue',
      'rules',
      'sandbox',
      'store',
      'telemetry',
    ]);
    expect(architecture.files).toEqual(expect.arrayContaining(['app.ts', 'main.ts', 'sandbox/demo.ts', 'config/environment.ts']));
    expect(architecture.imports).toBeGreaterThan(architecture.files.length);
  });

  test.each(['src', 'test'])('has no folder under %s with more files than a reader takes in at a glance', (top) => {
    const root = join(import.meta.dirname, '..', top);
    const folders = Map.groupBy(
      readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()),
      (entry) => entry.parentPath,
    );
    expect(folders.size).toBeGreaterThan(20);
    expect([...folders].filter(([, files]) => files.length > MAX_FILES).map(([folder]) => folder)).toEqual([]);
  });

  test('has its tests in folders of the same names', () => {
    const root = join(import.meta.dirname, '.');
    const tested = new Set(
      readdirSync(root, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.test.ts') && file.includes('/'))
        .map((file) => dirname(file)),
    );
    const others = ['chaos', 'deploy', 'docs', 'e2e', 'explore'];
    expect([...tested].filter((folder) => !others.includes(folder) && architecture.folders[folder] === undefined)).toEqual([]);
  });
  test('has a composition root that is read in one go', () => {
    expect(readFileSync(join(src, 'app.ts'), 'utf8').split('\n').length).toBeLessThan(MAX_APP_LINES);
  });
});

/** The problems of a tree of these files. */
function problemsOf(files: Readonly<Record<string, string>>): readonly string[] {
  const src = mkdtempSync(join(tmpdir(), 'architecture-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(src, dirname(file)), { recursive: true });
      writeFileSync(join(src, file), text);
    }
    return readArchitecture(src).problems;
  } finally {
    rmSync(src, { recursive: true });
  }
}

/** Files that imports in the planted trees may lead to. */
const AROUND = {
  'findings/finding.ts': 'export const finding = 1;',
  'rules/rule.ts': 'export const rule = 1;',
  'issues/group.ts': 'export const group = 1;',
  'issues/text/adf.ts': 'export const text = 1;',
  'pipeline/ports/store.ts': 'export const port = 1;',
  'pipeline/groups/group-view.ts': 'export const view = 1;',
  'pipeline/reconcile/step.ts': 'export const step = 1;',
  'jira/rate/rate-governor.ts': 'export const governor = 1;',
  'admin/server.ts': 'export const server = 1;',
  'admin/routes/rules-routes.ts': 'export const routes = 1;',
  'store/redis-store.ts': 'export const store = 1;',
  'config/settings.ts': 'export const settings = 1;',
  'sandbox/samples/clock.ts': 'export const clock = 1;',
  'parts/actor/actor-part.ts': 'export const part = 1;',
  'app.ts': 'export const app = 1;',
};

const PLANTED: readonly [what: string, file: string, text: string, problem: string][] = [
  ['an adapter that knows another', 'jira/a.ts', "import { store } from '../store/redis-store.ts';", 'may not import store/redis-store.ts'],
  [
    'an adapter that knows it by type',
    'jira/a.ts',
    "import type { store } from '../store/redis-store.ts';",
    'may not import store/redis-store.ts',
  ],
  [
    'an adapter that reads the configuration',
    'jira/a.ts',
    "import { settings } from '../config/settings.ts';",
    'may not import config/settings.ts',
  ],
  ['an adapter that knows app.ts', 'admin/a.ts', "import { app } from '../app.ts';", 'may not import app.ts'],
  [
    'an import over several lines',
    'jira/a.ts',
    "import {\n  store, // here\n} from\n  '../store/redis-store.ts';",
    'may not import store/redis-store.ts',
  ],
  ['a re-export', 'jira/a.ts', "export { store } from '../store/redis-store.ts';", 'may not import store/redis-store.ts'],
  ['a re-export of all', 'jira/a.ts', "export * from '../store/redis-store.ts';", 'may not import store/redis-store.ts'],
  ['a bare import', 'jira/a.ts', "import '../store/redis-store.ts';", 'may not import store/redis-store.ts'],
  ['a dynamic import', 'jira/a.ts', "const a = await import('../store/redis-store.ts');", 'may not import store/redis-store.ts'],
  ['one inside a template', 'jira/a.ts', 'const a = `${await import("../store/redis-store.ts")}`;', 'may not import store/redis-store.ts'],
  ['an import type', 'jira/a.ts', "type A = typeof import('../store/redis-store.ts');", 'may not import store/redis-store.ts'],
  [
    'one that hides its name in a template',
    'jira/a.ts',
    "const a = await import(`${'ioredis'}`);",
    'imports a module whose name cannot be read off the text',
  ],
  [
    'one that hides its name',
    'jira/a.ts',
    "const a = await import('../sto' + name);",
    'imports a module whose name cannot be read off the text',
  ],
  [
    'one after a regular expression',
    'jira/a.ts',
    "const a = /['\"`/*]/; import '../store/redis-store.ts';",
    'may not import store/redis-store.ts',
  ],
  [
    'the pipeline that knows an adapter',
    'pipeline/groups/a.ts',
    "import { store } from '../../store/redis-store.ts';",
    'may not import store/redis-store.ts',
  ],
  ['the pipeline that opens a file', 'pipeline/groups/a.ts', "import { open } from 'node:fs';", 'may not import node:fs'],
  ['a pure folder that knows a later one', 'findings/a.ts', "import { rule } from '../rules/rule.ts';", 'may not import rules/rule.ts'],
  ['rules that know issues', 'rules/a.ts', "import { group } from '../issues/group.ts';", 'may not import issues/group.ts'],
  [
    'a pure folder that knows the pipeline',
    'issues/a.ts',
    "import { port } from '../pipeline/ports/store.ts';",
    'may not import pipeline/ports/store.ts',
  ],
  ['a package in a pure folder', 'rules/a.ts', "import { Redis } from 'ioredis';", 'may not import the package ioredis'],
  ['a package whose name begins alike', 'rules/a.ts', "import { a } from 'typebox-more';", 'may not import the package typebox-more'],
  ["another folder's package", 'jira/a.ts', "import { Queue } from 'bullmq';", 'may not import the package bullmq'],
  [
    "a part of another folder's package",
    'jira/a.ts',
    "import { SQS } from '@aws-sdk/client-sqs';",
    'may not import the package @aws-sdk/client-sqs',
  ],
  ['a file system in a pure folder', 'findings/a.ts', "import { readFileSync } from 'node:fs';", 'may not import node:fs'],
  ['a builtin without its prefix', 'store/a.ts', "import { readFileSync } from 'fs';", 'imports fs without node: before it'],
  ['a builtin by the back door', 'findings/a.ts', "const fs = process.getBuiltinModule('fs');", 'may not import node:fs'],
  ['require', 'store/a.ts', "const a = require('bullmq');", 'may not import the package bullmq'],
  [
    'createRequire',
    'store/a.ts',
    "import { createRequire } from 'node:module';",
    'imports a module whose name cannot be read off the text',
  ],
  [
    'a URL',
    'store/a.ts',
    "import a from 'data:text/javascript,1';",
    'imports data:text/javascript,1, which is neither a package nor a file of ours',
  ],
  ['a file outside', 'store/a.ts', "import a from '../../package.json';", 'imports ../../package.json, which is outside src'],
  [
    'the entry of jira.js, which reads all of it',
    'jira/issue/a.ts',
    "import { getIssue } from 'jira.js/cloud';",
    'may not import the package jira.js/cloud',
  ],
  [
    'a single file of jira.js in another place than the one for them',
    'jira/issue/a.ts',
    "import { getIssue } from '../../../node_modules/jira.js/dist/cloud/api/issues.js';",
    'imports ../../../node_modules/jira.js/dist/cloud/api/issues.js, which is outside src',
  ],
  [
    'a single file of another package in the place for those of jira.js',
    'jira/http/jira-js.ts',
    "export { z } from '../../../node_modules/zod/index.js';",
    'may not import the package zod/index.js',
  ],
  ['a file that is not there', 'store/a.ts', "import a from './b.ts';", 'imports ./b.ts, which does not exist'],
  ['no ending', 'store/a.ts', "import a from './redis-store';", 'imports ./redis-store without the ending .ts'],
  [
    'the sandbox in the service',
    'app.ts',
    "import { clock } from './sandbox/samples/clock.ts';",
    'may not import sandbox/samples/clock.ts',
  ],
  [
    'an adapter in the sandbox',
    'sandbox/jira/a.ts',
    "import { store } from '../../store/redis-store.ts';",
    'may not import store/redis-store.ts',
  ],
  ['app.ts in the sandbox, but for the demo', 'sandbox/main.ts', "import { app } from '../app.ts';", 'may not import app.ts'],
  ['an adapter in main.ts', 'main.ts', "import { store } from './store/redis-store.ts';", 'may not import store/redis-store.ts'],
  ['the clock', 'issues/a.ts', 'export const now = () => Date.now();', 'a pure folder may not use the clock'],
  ['the clock, by index', 'issues/a.ts', "export const now = () => Date['now']();", 'a pure folder may not use the clock'],
  ['a new date', 'issues/a.ts', 'export const now = () => new Date();', 'a pure folder may not use the clock'],
  ['a new date without parentheses', 'issues/a.ts', 'export const now = () => new Date;', 'a pure folder may not use the clock'],
  ['chance', 'rules/a.ts', 'export const chance = () => Math.random();', 'a pure folder may not use Math.random'],
  ['chance of another kind', 'rules/a.ts', "import { randomUUID } from 'node:crypto';", 'a pure folder may not use randomUUID'],
  ['the environment', 'rules/a.ts', "export const a = process.env['A'];", 'a pure folder may not use process'],
  ['the environment, spread', 'rules/a.ts', 'export const a = { ...process.env };', 'a pure folder may not use process'],
  ['the network', 'rules/a.ts', "export const a = () => fetch('x');", 'a pure folder may not use fetch'],
  ['a timer', 'rules/a.ts', 'export const a = () => setTimeout(a, 1);', 'a pure folder may not use setTimeout'],
  ['the global object', 'rules/a.ts', "export const a = globalThis['fetch'];", 'a pure folder may not use globalThis'],
  ['a folder of no station', 'utils/a.ts', '', 'stands in no folder of the architecture'],
  ['a file beside main.ts', 'helpers.ts', '', 'stands in no folder of the architecture'],
  ['a third level that the architecture does not name', 'store/redis/a.ts', '', 'stands in no folder of the architecture'],
  ['a fourth level', 'pipeline/groups/more/a.ts', '', 'stands in no folder of the architecture'],
  [
    'a port that knows a step',
    'pipeline/ports/a.ts',
    "import { view } from '../groups/group-view.ts';",
    'may not import pipeline/groups/group-view.ts',
  ],
  [
    'recovery that knows reconciling',
    'pipeline/recovery/a.ts',
    "import { step } from '../reconcile/step.ts';",
    'may not import pipeline/reconcile/step.ts',
  ],
  [
    'HTTP that knows the rate',
    'jira/http/a.ts',
    "import { governor } from '../rate/rate-governor.ts';",
    'may not import jira/rate/rate-governor.ts',
  ],
  ['a text that knows the plan', 'issues/text/a.ts', "import { group } from '../group.ts';", 'may not import issues/group.ts'],
  ['a pattern that knows a rule', 'rules/pattern/a.ts', "import { rule } from '../rule.ts';", 'may not import rules/rule.ts'],
  ['a route that knows the server', 'admin/routes/a.ts', "import { server } from '../server.ts';", 'may not import admin/server.ts'],
  [
    'a route in what all routes share',
    'admin/a.ts',
    "import { routes } from './routes/rules-routes.ts';",
    'may not import admin/routes/rules-routes.ts',
  ],
  ['the server in what it shares', 'admin/a.ts', "import { server } from './server.ts';", 'may not import admin/server.ts'],
  [
    'a part that knows the pipeline',
    'parts/actor/a.ts',
    "import { view } from '../../pipeline/groups/group-view.ts';",
    'may not import pipeline/groups/group-view.ts',
  ],
  [
    'the core that knows a part',
    'app.ts',
    "import { part } from './parts/actor/actor-part.ts';",
    'may not import parts/actor/actor-part.ts',
  ],
  [
    'the pipeline that knows a part',
    'pipeline/groups/a.ts',
    "await import('../../parts/actor/actor-part.ts');",
    'may not import parts/actor/actor-part.ts',
  ],
  ['a name with a capital', 'store/redisStore.ts', '', 'is not named in kebab-case with the ending .ts'],
  ['JavaScript', 'store/a.js', '', 'is not named in kebab-case with the ending .ts'],
];

describe('a planted fault is reported', () => {
  test.each(PLANTED)('%s', (_what, file, text, problem) => {
    expect(problemsOf({ ...AROUND, [file]: text })).toContain(`${file}: ${problem}`);
  });
});

test('what is allowed is not reported', () => {
  const problems = problemsOf({
    ...AROUND,
    'findings/a.ts':
      "import { Type } from 'typebox';\nimport { createHash } from 'node:crypto';\nimport './finding.ts';\nexport const a = new Date(0);",
    'rules/a.ts': "import { Compile } from 'typebox/compile';\nimport { finding } from '../findings/finding.ts';",
    'rules/b.ts':
      "// import { Redis } from 'ioredis';\n/* Date.now() */\nexport const a = \"import 'ioredis'\"; export const b = `Date.now() from 'x' ${[b, from]} and`;",
    'rules/c.ts': "export const c = { process: 1, fetch: 2 }; export const d = c.process + c.fetch + Date.parse('x') / 2 / 1;",
    'pipeline/groups/a.ts': "import { group } from '../../issues/group.ts';\nimport { port } from '../ports/store.ts';",
    'admin/server.ts': "import { routes } from './routes/rules-routes.ts';\nimport { a } from './a.ts';",
    'admin/a.ts': 'export const a = 1;',
    'intake/a.ts':
      "import { SQSClient } from '@aws-sdk/client-sqs';\nimport { port } from '../pipeline/ports/store.ts';\nimport 'node:fs';",
    'sandbox/demo.ts': "import { app } from '../app.ts';\nimport { clock } from './samples/clock.ts';",
    'load-parts.ts': 'const a = await import(`./parts/${name}/${name}-part.ts`);',
    'parts/actor/a.ts':
      "import { port } from '../../pipeline/ports/store.ts';\nimport { part } from './actor-part.ts';\nimport '@aws-sdk/client-cloudtrail';",
    'app.ts': "import { store } from './store/redis-store.ts';\nimport { settings } from './config/settings.ts';",
    'main.ts':
      "import { app } from './app.ts';\nimport { settings } from './config/settings.ts';\nimport closeWithGrace from 'close-with-grace';",
  });
  expect(problems).toEqual([]);
});
