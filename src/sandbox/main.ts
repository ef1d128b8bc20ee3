import closeWithGrace from 'close-with-grace';
import { startAccessAnalyzerSimulator } from './access-analyzer/access-analyzer-simulator.ts';
import { startCloudTrailSimulator } from './cloudtrail/cloudtrail-simulator.ts';
import { startJiraSimulator } from './jira-simulator.ts';
import { startOrganizationsSimulator } from './organizations/organizations-simulator.ts';
import { SAMPLE_ACCOUNTS } from './samples/sample-accounts.ts';
import { sampleChange } from './samples/sample-change.ts';
import { sampleDetails } from './samples/sample-details.ts';
import { startSampleStream } from './samples/sample-stream.ts';
import { startStsSimulator } from './sts/sts-simulator.ts';
import { startSqsEmulator } from './sqs/sqs-emulator.ts';

/** The sandbox as a separate process: SQS emulator, simulated Jira and Access Analyzer on fixed ports, and a stream of sample findings. */

const host = process.env['SANDBOX_HOST'] ?? '127.0.0.1';
const say = (line: string): void => void process.stdout.write(`${new Date().toISOString()} ${line}\n`);

const [sqsPort, jiraPort] = [portFrom('SANDBOX_SQS_PORT', 4566), portFrom('SANDBOX_JIRA_PORT', 8090)];
const analyzerPort = portFrom('SANDBOX_ACCESS_ANALYZER_PORT', 4567);
const sqs = await startSqsEmulator({ host, port: sqsPort });
const jira = await startJiraSimulator({ host, port: jiraPort });
const analyzer = await startAccessAnalyzerSimulator({ host, port: analyzerPort });
const organizations = await startOrganizationsSimulator({
  host,
  port: portFrom('SANDBOX_ORGANIZATIONS_PORT', 4568),
  accounts: SAMPLE_ACCOUNTS,
});
const sts = await startStsSimulator({ host, port: portFrom('SANDBOX_STS_PORT', 4569) });
const cloudTrail = await startCloudTrailSimulator({ host, port: portFrom('SANDBOX_CLOUDTRAIL_PORT', 4570) });
say(`queue: ${sqs.queueUrl}`);
say(`Jira board: ${jira.url}`);
say(`Access Analyzer: ${analyzer.url}`);
say(`Organizations: ${organizations.url}`);
say(`STS: ${sts.url}`);
say(`CloudTrail: ${cloudTrail.url}`);
const stream = startSampleStream({
  send: (body) => sqs.send(body),
  happens(event) {
    analyzer.follow({ ...event }, sampleDetails(event));
    const change = sampleChange(event);
    if (change !== null) cloudTrail.happened(change);
  },
  say,
});

closeWithGrace({ delay: 5_000 }, async () => {
  stream.stop();
  await Promise.all([sqs, jira, analyzer, organizations, sts, cloudTrail].map((one) => one.close()));
});

function portFrom(name: string, usual: number): number {
  const text = process.env[name];
  const port = Number(text ?? usual);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535 && text !== '') return port;
  process.stderr.write(`${name}: expected a port number\n`);
  process.exit(1);
}
