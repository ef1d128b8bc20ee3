import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startJiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { ROOT } from '../support/docs/read-docs.ts';
import { redisServerPath, startRedis } from '../support/servers/redis-server.ts';
import { noteModules, type LoadedModules } from '../support/service/loaded-modules.ts';
import { environmentFor, startService, testFolder } from '../support/service/service-process.ts';

/** What a start loads, which decides how long it takes and what the process holds for good. */

const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** Packages that a start need not load, each with what loads it. Those of the page are not run here, but found to be served. */
const NOT_BY_EVERY_START = {
  '@aws-sdk/client-account': 'the part owner',
  '@aws-sdk/client-cloudtrail': 'the part actor',
  '@aws-sdk/client-iam': 'the part owner',
  '@aws-sdk/client-resource-groups-tagging-api': 'the part owner',
  '@fastify/type-provider-typebox': 'only types',
  bullmq: 'REDIS_URL',
  commander: 'f2j',
  ioredis: 'REDIS_URL',
  jose: 'OIDC_ISSUER',
};

/** A list of accounts and a role of a member account load them, which may happen soon after a start. */
const SOON = ['@aws-sdk/client-organizations', '@aws-sdk/client-sts'];

let cache = '';
beforeAll(() => {
  cache = mkdtempSync(join(tmpdir(), 'f2j-filled-cache-'));
  // As the image does.
  execFileSync(process.execPath, [join(ROOT, 'scripts/fill-compile-cache.ts')], { env: { NODE_COMPILE_CACHE: cache }, stdio: 'pipe' });
}, 180_000);
afterAll(() => rmSync(cache, { recursive: true, force: true }));

async function loadedBy(env: Readonly<Record<string, string>>): Promise<LoadedModules> {
  const modules = noteModules();
  const service = await startService({ ...env, ...modules.env, NODE_COMPILE_CACHE: cache });
  expect(await service.end('SIGTERM')).toBe(0);
  return modules.loaded();
}

function notLoaded({ packages }: LoadedModules): readonly string[] {
  return Object.keys(dependencies).filter((name) => !packages.has(name) && !SOON.includes(name));
}

async function sides(): Promise<Record<string, string>> {
  const [sqs, jira] = await Promise.all([startSqsEmulator(), startJiraSimulator()]);
  onTestFinished(async () => void (await Promise.all([sqs.close(), jira.close()])));
  return environmentFor(sqs, jira);
}

describe('a start', () => {
  test('loads nothing of Redis, of a part or of an issuer where there is none, and of jira.js only what is called', async () => {
    const loaded = await loadedBy({ ...(await sides()), DATA_DIR: testFolder() });
    expect(notLoaded(loaded)).toEqual(Object.keys(NOT_BY_EVERY_START));
    expect(loaded.files.filter((file) => /\/jira\.js\/dist\/(?:cloud\/)?(?:index|createCloudClient)\.js$/.test(file))).toEqual([]);
    expect(loaded.files.filter((file) => file.includes('/jira.js/')).length).toBeLessThan(250);
    expect(loaded.compiledTypes).toBe(false);
  });

  test.skipIf(redisServerPath() === null)('on Redis loads its packages, and not the embedded store', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.remove());
    const loaded = await loadedBy({ ...(await sides()), REDIS_URL: redis.url });
    expect(notLoaded(loaded)).toEqual(Object.keys(NOT_BY_EVERY_START).filter((name) => name !== 'bullmq' && name !== 'ioredis'));
    expect(loaded.files.filter((file) => file.includes('/src/store/embedded-'))).toEqual([]);
    expect(loaded.compiledTypes).toBe(false);
  });
});
