import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import { createIntake } from '../../src/intake/intake.ts';
import { createSqsQueue, type SqsQueue } from '../../src/intake/sqs-queue.ts';
import { startSqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { numberedEvent, range } from '../support/findings/findings-by-number.ts';
import { finish } from '../support/service/finish.ts';
import { findingOf } from '../support/findings/parsed.ts';
import type { ServiceParts } from '../support/service/service-parts.ts';
import { openSite, type Site } from '../support/service/site.ts';
import { until } from '../support/until.ts';

const EVENTS = range(10).map((n) => numberedEvent(n, 1));

/** Begins to receive, as a process does. */
function receive(queue: SqsQueue, site: Site, parts: ServiceParts) {
  const { acceptBatch, keepUnreadable } = parts;
  const intake = createIntake({
    queues: [queue],
    loopsPerQueue: 1,
    acceptBatch,
    keepUnreadable,
    storeReady: async () => undefined,
    storeFailed: () => undefined,
    allowedAccounts: null,
    clock: site.clock,
    emit: (event) => void parts.serviceEvents.push(event),
    random: () => 0,
  });
  intake.start();
  return intake;
}

test('a process dies between the commit of what it received and the delete: all comes again, is known, and each finding has one issue', async () => {
  const sqs = await startSqsEmulator({ visibilitySeconds: 1 });
  const client = new SQSClient({ endpoint: sqs.endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
  onTestFinished(() => (client.destroy(), sqs.close()));
  for (const event of EVENTS) await sqs.send(JSON.stringify(event));
  const [site, queue] = [await openSite(), createSqsQueue(client, sqs.queueUrl)];
  const keys = EVENTS.map((event) => findingOf(event).key);

  const first = await site.start({ owner: 'first' });
  let deleting = 0;
  receive({ ...queue, remove: (handles) => ((deleting += handles.length), new Promise(() => undefined)) }, site, first);
  await until(() => deleting > 0, 'the first process is about to delete');
  const stored = await Promise.all(keys.map((key) => first.record(key)));
  expect(stored.filter((one) => one !== null)).toHaveLength(deleting);

  const second = await site.start({ owner: 'second' });
  const intake = receive(queue, site, second);
  onTestFinished(() => intake.stop());
  await until(async () => Object.values(await sqs.depth()).every((count) => count === 0), 'all are deleted');
  const again = second.serviceEvents.flatMap((event) => (event.what === 'finding-accepted' ? [event.because] : []));
  expect(again.filter((because) => because === 'same')).toHaveLength(deleting);
  const records = await Promise.all(keys.map((key) => second.record(key)));
  for (const record of records) await finish(site, second, record?.group ?? '');
  expect(site.created()).toBe(10);
});
