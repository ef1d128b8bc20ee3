import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import closeWithGrace from 'close-with-grace';
import { parse } from 'yaml';
import { createApp } from '../app.ts';
import { readEnvironment } from '../config/environment.ts';
import type { ServiceEvent } from '../pipeline/ports/service-event.ts';
import { parseRules } from '../rules/parse-rules.ts';
import { startAccessAnalyzerSimulator } from './access-analyzer/access-analyzer-simulator.ts';
import { startJiraSimulator } from './jira-simulator.ts';
import { startCloudTrailSimulator } from './cloudtrail/cloudtrail-simulator.ts';
import { startOrganizationsSimulator } from './organizations/organizations-simulator.ts';
import { SAMPLE_ACCOUNTS } from './samples/sample-accounts.ts';
import { sampleChange } from './samples/sample-change.ts';
import { sampleDetails } from './samples/sample-details.ts';
import { putOldFindings } from './samples/old-findings.ts';
import { startSampleStream } from './samples/sample-stream.ts';
import { startStsSimulator } from './sts/sts-simulator.ts';
import { startSqsEmulator } from './sqs/sqs-emulator.ts';

/** The whole service in one process with all that it needs: SQS, Jira, Access Analyzer and the store. Runs until Ctrl-C. */

const API_PORT = 8080;
const BOARD_PORT = 8090;
const EVERY_MS = 350;
const RESOLVED_AFTER_MS = 3_000;
/** Findings that were there before the first event. */
const OLD = 30;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const dataDir = mkdtempSync(join(tmpdir(), 'findings-to-jira-demo-'));
const sqs = await startSqsEmulator();
const analyzer = await startAccessAnalyzerSimulator();
const organizations = await startOrganizationsSimulator({ accounts: SAMPLE_ACCOUNTS });
const [sts, cloudTrail] = [await startStsSimulator(), await startCloudTrailSimulator()];
putOldFindings(analyzer, OLD, Date.now());
const jira = await startJiraSimulator({ port: await freePort(BOARD_PORT) });
// The SDK reads these from the process's environment, as in every deployment.
Object.assign(process.env, {
  AWS_REGION: 'eu-central-1',
  AWS_ENDPOINT_URL_SQS: sqs.endpoint,
  AWS_ENDPOINT_URL_ACCESSANALYZER: analyzer.url,
  AWS_ENDPOINT_URL_ORGANIZATIONS: organizations.url,
  AWS_ENDPOINT_URL_STS: sts.url,
  AWS_ENDPOINT_URL_CLOUDTRAIL: cloudTrail.url,
  AWS_ACCESS_KEY_ID: 'demo',
  AWS_SECRET_ACCESS_KEY: 'demo',
});

const environment = readEnvironment(
  {
    SQS_QUEUE_URL: sqs.queueUrl,
    AWS_REGION: 'eu-central-1',
    ANALYZER_REGIONS: 'eu-central-1,eu-west-1,us-east-1',
    ACTOR_ROLE_NAME: 'findings-to-jira-actor',
    JIRA_BASE_URL: jira.url,
    JIRA_EMAIL: jira.credentials.email,
    JIRA_API_TOKEN: jira.credentials.apiToken,
    DATA_DIR: dataDir,
    HTTP_PORT: String(await freePort(API_PORT)),
    // What is held back is told in the demo's own words.
    LOG_LEVEL: 'error',
  },
  () => '',
);
if (!environment.ok) throw new Error(environment.problems.join('\n'));
const rulesFile = fileURLToPath(new URL('../../config/demo-rules.yaml', import.meta.url));
const rules = parseRules(parse(readFileSync(rulesFile, 'utf8')));
if (!rules.ok) throw new Error(rules.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));

const app = await createApp(environment.settings, rules.rules, 'demo', { emit: (event) => narrate(event), listingsPerSecond: 20 });
await app.start();

say('');
say('findings-to-jira, all in one process: an SQS emulator, a simulated Jira and Access Analyzer, and a store in a temporary folder.');
say(`  admin page  ${app.address}/`);
say(`  Jira board  ${jira.url}/`);
say(`  API         ${app.address}/docs`);
say(
  `${OLD} findings are older than the first event: a sweep finds them, and a limit lets five of them an hour through, the most severe first.`,
);
say('New findings arrive one by one; a third of them are resolved a few seconds later. Press Ctrl-C to stop.');
say('');

const stream = startSampleStream({
  send: (body) => sqs.send(body),
  happens(event) {
    analyzer.follow({ ...event }, sampleDetails(event));
    const change = sampleChange(event);
    if (change !== null) cloudTrail.happened(change);
  },
  say: () => undefined,
  everyMs: EVERY_MS,
  resolvedAfterMs: RESOLVED_AFTER_MS,
});
void stream.done.then(summarize);

closeWithGrace({ delay: 30_000 }, async () => {
  stream.stop();
  await app.stop();
  await Promise.all([sqs, jira, analyzer, organizations, sts, cloudTrail].map((one) => one.close()));
  rmSync(dataDir, { recursive: true, force: true });
});

function summarize(): void {
  const issues = jira.issues();
  const closed = issues.filter(({ status }) => status === 'Done').length;
  say('');
  say(
    `All sample findings are sent: ${issues.length} issues, of which ${closed} are closed again. Everything stays up until you press Ctrl-C.`,
  );
  say(`  See what waits for a person, and release it with two clicks   ${app.address}/`);
  say(`  Read an issue as its owner sees it                            ${jira.url}/`);
  say(`  Ask the API                                                   curl ${app.address}/api/v1/status`);
}

function narrate(event: ServiceEvent): void {
  switch (event.what) {
    case 'finding-accepted':
      return say(`finding   ${event.status.padEnd(8)} ${event.resource}`);
    case 'issue-created':
      return say(`  opened  ${event.issueKey.padEnd(8)} by rule ${event.ruleId ?? '-'}: ${event.resource}`);
    case 'issue-closed':
      return say(`  closed  ${event.issueKey.padEnd(8)} because the finding is ${event.because}: ${event.resource}`);
    case 'findings-swept':
      if (event.added === 0) return;
      say(`sweep     found ${event.added} findings that no event had brought. Five of them an hour get their issue; to release all now:`);
      return say(`          curl -X POST ${app.address}/api/v1/mappings/release -H 'content-type: application/json' -d '{ "filter": {} }'`);
    case 'openings-released':
      return say('  held    none any longer');
    case 'details-fetched':
      return say(`  details fetched from Access Analyzer, entries: ${event.list ?? 0}`);
    case 'reconciled':
      if (event.because === 'rule-ignores') say('  ignored by a rule');
      if (event.because === 'no-rule-matches') say('  ignored: no rule matches');
      return;
    default:
      return;
  }
}

/** The wanted port when it is free, else 0, which stands for any free port. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen(wanted, '127.0.0.1', () => probe.close(() => resolve(wanted)));
  });
}
