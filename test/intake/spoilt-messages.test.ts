import { createHash } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { createIntake } from '../../src/intake/intake.ts';
import type { MessagePart } from '../../src/intake/message-part.ts';
import { readMessage } from '../../src/intake/read-message.ts';
import type { SqsMessage, SqsQueue } from '../../src/intake/sqs-queue.ts';
import { FINDINGS } from '../../src/pipeline/records/finding-collections.ts';
import { UNREADABLE } from '../../src/pipeline/records/unreadable-collections.ts';
import type { ServiceEvent } from '../../src/pipeline/ports/service-event.ts';
import { createKeepUnreadable } from '../../src/pipeline/accept/keep-unreadable.ts';
import { seededRandom } from '../../src/sandbox/samples/seeded-random.ts';
import { externalEvent, internalEvent, unusedEvent } from '../support/findings/finding-events.ts';
import {
  apiCallEvent,
  externalAsff,
  hubEvent,
  inspectorAsff,
  notification,
  ocsfEvent,
  previewEvent,
  subscriptionMessage,
  unusedAsff,
} from '../support/findings/message-shapes.ts';
import { pick, spoilText } from '../support/service/spoil-text.ts';
import { openSite } from '../support/service/site.ts';
import { until } from '../support/until.ts';

const BODIES = 10_000;
const NOW = Date.parse('2026-11-01T00:00:00Z');

/** Every shape of a message, for a finding with this id. */
function shapes(id: string): readonly [string, ...string[]] {
  const events = [
    externalEvent({ detail: { id } }),
    unusedEvent({ detail: { findingId: id, findingDetails: [{ unusedPermissionDetails: { serviceNamespace: 's3', actions: [] } }] } }),
    internalEvent({ detail: { id } }),
    externalEvent({ detail: { id, principal: undefined, action: undefined, isPublic: undefined, error: 'ACCESS_DENIED' } }),
  ] as const;
  const [first] = events;
  const unused = unusedAsff({ ProductFields: { findingId: id, findingType: 'UnusedPermission', numberOfUnusedActions: '3' } });
  return [
    ...([JSON.stringify(first)] as const),
    ...events.map((event) => JSON.stringify(event)),
    ...events.map((event) => JSON.stringify(event['detail'])),
    ...events.map((event) => notification(JSON.stringify(event))),
    notification(notification(JSON.stringify(first['detail']))),
    JSON.stringify(JSON.stringify(first)),
    JSON.stringify(hubEvent([unused])),
    JSON.stringify(hubEvent([unused, inspectorAsff(), externalAsff()])),
    notification(JSON.stringify(hubEvent([externalAsff(), unused, unused]))),
    JSON.stringify(ocsfEvent({ name: 'IAM Access Analyzer' })),
    JSON.stringify(previewEvent()),
    JSON.stringify(apiCallEvent()),
    subscriptionMessage('SubscriptionConfirmation'),
    subscriptionMessage('UnsubscribeConfirmation'),
  ];
}

/** A queue that hands out these messages once, and records which were deleted. It has no redrive policy: kept messages are deleted. */
function queueOf(bodies: readonly string[]): SqsQueue & { readonly removed: Set<string> } {
  const waiting = bodies.map((body, index): SqsMessage => ({ body, receiptHandle: String(index), sentAt: null }));
  const removed = new Set<string>();
  return {
    url: 'https://sqs.us-west-2.amazonaws.com/111122223333/findings',
    removed,
    async receive(signal) {
      if (waiting.length === 0) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      return waiting.splice(0, 10);
    },
    async remove(handles) {
      for (const handle of handles) removed.add(handle);
      return [];
    },
    changeVisibility: async () => [],
    attributes: async () => ({ waiting: waiting.length, inFlight: 0, redrives: false, visibilitySeconds: 90 }),
  };
}

const hashOf = (body: string): string => createHash('sha256').update(body).digest('hex');

test(`${BODIES} spoilt messages of every shape: each ends as a finding, ignored, or kept as unreadable; nothing fails, none is lost`, async () => {
  const random = seededRandom(20_261_101);
  const bodies = Array.from({ length: BODIES }, (_, index) => spoilText(pick(random, shapes(`finding-${index}`)), random));
  const site = await openSite();
  const parts = await site.start();
  const queue = queueOf(bodies);
  const told: ServiceEvent[] = [];
  const intake = createIntake({
    queues: [queue],
    loopsPerQueue: 2,
    acceptBatch: parts.acceptBatch,
    keepUnreadable: createKeepUnreadable({ store: site.store, emit: (event) => void told.push(event) }),
    storeReady: async () => undefined,
    storeFailed: () => undefined,
    allowedAccounts: null,
    clock: { now: () => NOW, monotonic: () => performance.now() },
    emit: (event) => void told.push(event),
    random: () => 0,
  });
  intake.start();
  onTestFinished(() => intake.stop());
  await until(() => queue.removed.size === BODIES, 'every message is deleted', 300_000);
  expect(told.filter(({ what }) => what === 'internal-error' || what === 'store-unavailable')).toEqual([]);

  const outcomes = bodies.flatMap((body) => readMessage(body, NOW, null));
  const kinds = new Map<string, number>();
  for (const part of outcomes) {
    const kind = part.kind === 'finding' ? part.kind : part.because;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    expect(part.kind === 'unreadable' ? part.path.length + part.message.length : 0).toBeLessThan(500);
  }
  const ofKind = <K extends MessagePart['kind']>(kind: K) =>
    outcomes.filter((part): part is Extract<MessagePart, { kind: K }> => part.kind === kind);
  const findings = new Map(ofKind('finding').map(({ finding }) => [finding.key, finding]));
  const hashes = new Set(ofKind('unreadable').map(({ body }) => hashOf(body)));
  const records = await site.store.read(FINDINGS, [...findings.keys()]);
  const elsewhere = [...findings.values()].filter((_, at) => records[at] === null);
  // A body that lost its analyzer is recognized by its id and resource, when another body named the analyzer.
  for (const { analyzerArn, findingId, resource } of elsewhere) {
    const { items } = await site.store.page(FINDINGS, { terms: [`findingId:${findingId}`], limit: 10 });
    expect([analyzerArn, items.map(({ doc }) => doc.finding.resource)]).toEqual(['unknown', [resource]]);
  }
  const kept = await site.store.read(UNREADABLE, [...hashes]);
  expect(kept.filter((record) => record === null || hashOf(record.doc.body) !== record.id)).toEqual([]);
  const ignored = told.filter(({ what }) => ['message-ignored', 'subscription-unconfirmed', 'subscription-removed'].includes(what));
  expect(ignored).toHaveLength(ofKind('ignored').length);

  // The mutations are useful only while they reach every branch of the reader.
  const ways = ['finding', 'not-json', 'too-deep', 'not-an-event', 'foreign-source', 'unknown-detail-type', 'not-a-finding'];
  const others = ['access-preview', 'api-call', 'other-product', 'ocsf-finding', 'subscription-confirmation', 'unsubscribe-confirmation'];
  for (const kind of [...ways, ...others])
    expect([kind, kinds.get(kind) ?? 0]).toEqual([kind, expect.toSatisfy((count: number) => count > 5)]);
  const analyzers = new Set(ofKind('finding').map(({ finding }) => `${finding.kind} ${finding.analyzerArn === 'unknown'}`));
  expect(analyzers.size).toBe(6);
});
