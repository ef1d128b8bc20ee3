import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startJiraSimulator, type JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator, type SqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import type { Scenario } from './scenario.ts';
import { createAbsence } from '../chaos/absence.ts';
import { SERVICE_MAIN, startReplica, type Replica } from '../chaos/replica.ts';
import { numberedEvent, range } from '../support/findings/findings-by-number.ts';
import { until } from '../support/until.ts';
import { sandboxEnv } from '../support/service/sandbox-env.ts';
import { OPEN_EVERYTHING } from '../support/service/open-everything.ts';

const FINDINGS = 400;
const MAX_REFUSED_A_MINUTE = 19;
const OPEN_WITHIN_MS = 60_000;
const START_MS = 60_000;
/** How long the service runs once more with the token that is still revoked, ms. */
const STILL_REVOKED_MS = 10_000;
/** Findings after a scope was taken away that their creates do not need, and after one was that they need. */
const [WITHOUT_USER, WITHOUT_WRITE] = [range(20).map((n) => FINDINGS + n), range(10).map((n) => FINDINGS + 20 + n)];

interface Parts {
  readonly jira: JiraSimulator;
  readonly sqs: SqsEmulator;
  readonly figures: Record<string, string>;
  readonly violations: string[];
  start(apiToken: string): Promise<Replica>;
}

/**
 * A token that is revoked under 400 findings: the real service with its default settings. Violations are more refused calls a minute
 * than a refused token may cost, more than one line about it, issues that are missing or too many, or a missing scope that stops other work.
 * `seconds`: how long the token stays revoked.
 */
export const REVOKED_TOKEN: Scenario = {
  name: 'revoked-token',
  missing: null,
  async play(seconds) {
    const folder = mkdtempSync(join(tmpdir(), 'f2j-soak-'));
    const [sqs, jira] = await Promise.all([startSqsEmulator(), startJiraSimulator({ projects: [{ key: 'SEC' }] })]);
    const replicas: Replica[] = [];
    const [figures, violations]: [Record<string, string>, string[]] = [{}, []];
    try {
      await play(
        {
          jira,
          sqs,
          figures,
          violations,
          async start(apiToken) {
            const env = environment(folder, sqs, jira, apiToken);
            const replica = startReplica({ name: 'service', env, entry: SERVICE_MAIN, absence: createAbsence() });
            replicas.push(replica);
            await until(() => replica.address() !== null, 'the service listens', START_MS);
            return replica;
          },
        },
        seconds,
      );
    } finally {
      for (const replica of replicas) replica.abandon();
      await Promise.all([jira.close(), sqs.close()]);
      rmSync(folder, { recursive: true, force: true });
    }
    return { figures, violations, late: [] };
  },
};

async function play(parts: Parts, seconds: number): Promise<void> {
  const { jira, figures } = parts;
  const { apiToken, renewedApiToken } = jira.credentials;
  let service = await parts.start(apiToken);
  // Before, findings wait for the store and not for the token.
  await until(async () => Object((await service.status())?.['store'])['trusted'] === true, 'the store is trusted', START_MS);
  jira.faults.revokedTokens = [apiToken];
  await send(parts, range(FINDINGS));
  const failed = async (): Promise<boolean> => Object((await service.status())?.['mappings'])['failed'] === FINDINGS;
  await until(failed, 'every finding has failed', START_MS);
  await sleep(seconds * 1_000);
  await checkShown(parts, service);
  await service.stop();
  service = await parts.start(apiToken);
  await sleep(STILL_REVOKED_MS);
  checkCalls(parts);
  await service.stop();
  const startedAt = performance.now();
  service = await parts.start(renewedApiToken);
  const opened = await within(() => jira.issues().length >= FINDINGS, OPEN_WITHIN_MS - (performance.now() - startedAt));
  const tookMs = performance.now() - startedAt;
  figures['all open after'] = `${(tookMs / 1_000).toFixed(1)} s`;
  if (!opened) parts.violations.push(`${jira.issues().length} of ${FINDINGS} issues within ${OPEN_WITHIN_MS / 1_000} s of the new token`);
  await checkScopes(parts, service);
  await service.stop();
  const expected = FINDINGS + WITHOUT_USER.length;
  if (jira.issues().length !== expected) parts.violations.push(`${jira.issues().length} issues at the end, expected ${expected}`);
}

/** The status, the probe, the doctor and the log say that the token is refused; the log says it once. */
async function checkShown({ violations, figures }: Parts, service: Replica): Promise<void> {
  const ask = async (path: string) => (await fetch(`${service.address()}${path}`)).json();
  const { token } = Object(Object(await ask('/api/v1/status')).jira);
  const ready = Object(await ask('/readyz'));
  const doctor = JSON.stringify(await ask('/api/v1/doctor'));
  const errors = service.output().match(/"level":"error"[^\n]*/g) ?? [];
  figures['shown as'] = String(token);
  figures['error lines'] = String(errors.length);
  if (token !== 'refused') violations.push(`/status calls the token ${token}`);
  if (ready.ok !== true || ready.parts?.jira?.ok !== false) violations.push(`/readyz says ${JSON.stringify(ready)}`);
  if (!/"check":"jira-credentials","ok":false/.test(doctor)) violations.push('the doctor does not say that the token is refused');
  if (errors.length !== 1) violations.push(`${errors.length} lines at level error, expected one`);
}

function checkCalls({ jira, figures, violations }: Parts): void {
  const refused = jira.history().filter(({ status }) => status === 401);
  const times = refused.map(({ at }) => Date.parse(at));
  const most = Math.max(0, ...times.map((time) => times.filter((other) => other >= time && other < time + 60_000).length));
  const questions = refused.filter(({ operation }) => operation === 'GET /myself').length;
  figures['refused calls'] = `${refused.length}, ${questions} of them questions about the token`;
  figures['most a minute'] = String(most);
  if (most > MAX_REFUSED_A_MINUTE) violations.push(`${most} refused calls in a minute`);
}

async function checkScopes(parts: Parts, service: Replica): Promise<void> {
  const { jira, figures, violations } = parts;
  const before = jira.issues().length;
  jira.faults.missingScopes = ['read:jira-user'];
  await send(parts, WITHOUT_USER);
  if (!(await within(() => jira.issues().length === before + WITHOUT_USER.length, OPEN_WITHIN_MS)))
    violations.push(`${jira.issues().length - before} of ${WITHOUT_USER.length} issues without a scope that creates do not need`);
  jira.faults.missingScopes = ['write:jira-work'];
  await send(parts, WITHOUT_WRITE);
  const causes = async (): Promise<string> => (await fetch(`${service.address()}/api/v1/failures/causes`)).text();
  const isShown = async (): Promise<boolean> => (await causes()).includes('jira-scope');
  if (!(await within(isShown, OPEN_WITHIN_MS))) violations.push(`the causes of the failures are ${await causes()}`);
  const { token } = Object(Object(await service.status())['jira']);
  figures['without a scope'] = `token ${token}, ${jira.issues().length - before} more issues`;
  if (token !== 'accepted') violations.push(`a missing scope makes the token ${token}`);
}

async function send({ sqs }: Parts, numbers: readonly number[]): Promise<void> {
  for (const n of numbers) await sqs.send(JSON.stringify(numberedEvent(n, 1)));
}

/** Whether the condition holds in time. */
async function within(condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await sleep(100);
  }
  return true;
}

function environment(folder: string, sqs: SqsEmulator, jira: JiraSimulator, apiToken: string): Record<string, string> {
  const rulesFile = join(folder, 'rules.yaml');
  writeFileSync(rulesFile, OPEN_EVERYTHING);
  return {
    ...sandboxEnv({ sqs, aws: null, jira }, { email: jira.credentials.email, apiToken }),
    AWS_REGION: 'eu-central-1',
    RULES_FILE: rulesFile,
    DATA_DIR: join(folder, 'data'),
  };
}
