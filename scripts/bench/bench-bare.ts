import { readFileSync } from 'node:fs';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient, type Message } from '@aws-sdk/client-sqs';
import { directFetch } from '../../test/support/servers/direct-network.ts';

/**
 * The least that could do the service's work, as a process of its own, with the clients that the service uses.
 * `posts FILE`: sends the creates in a file of JSON, eight at a time, writes how long that took, and ends.
 * `relay FILE`: receives messages and sends one create for each, with the first body in the file, until it is killed.
 */
const IN_FLIGHT = 8;
const LOOPS = 4;
const TIMEOUT_MS = 15_000;
const [mode, file = ''] = process.argv.slice(2);
const bodies: readonly unknown[] = JSON.parse(readFileSync(file, 'utf8'));
const { JIRA_BASE_URL = '', JIRA_EMAIL = '', JIRA_API_TOKEN = '', SQS_QUEUE_URL: QueueUrl = '' } = process.env;
const authorization = `Basic ${Buffer.from(`${JIRA_EMAIL}:${JIRA_API_TOKEN}`).toString('base64')}`;

if (mode === 'posts') await sendAll();
else await Promise.all(Array.from({ length: LOOPS }, relay));

async function sendAll(): Promise<void> {
  const [from, before] = [performance.now(), process.cpuUsage()];
  const left = bodies.values();
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (const body of left) await post(JSON.stringify(body));
    }),
  );
  const used = process.cpuUsage(before);
  const cpuMs = (used.user + used.system) / 1_000;
  process.stdout.write(JSON.stringify({ seconds: (performance.now() - from) / 1_000, cpuMs }));
}

/** The name of the queue, by which the message is known again, takes the place of the one in the body. */
async function relay(): Promise<void> {
  const client = new SQSClient({ region: 'eu-central-1' });
  const body = JSON.stringify(bodies[0]);
  const [was = ''] = /queue-\d+/.exec(body) ?? [];
  for (;;) {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 }));
    await Promise.all(Messages.map((message) => post(body.replaceAll(was, queueIn(message)))));
    const Entries = Messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
    if (Entries.length > 0) await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}

function queueIn({ Body = '' }: Message): string {
  return /queue-\d+/.exec(Body)?.[0] ?? '';
}

async function post(body: string): Promise<void> {
  const headers = { authorization, accept: 'application/json', 'content-type': 'application/json' };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await directFetch(`${JIRA_BASE_URL}/rest/api/3/issue`, { method: 'POST', headers, body, signal });
  await response.text();
  if (response.status !== 201) throw new Error(`Jira answered ${response.status} to a create`);
}
