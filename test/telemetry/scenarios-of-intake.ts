import { createIntake } from '../../src/intake/intake.ts';
import type { SqsMessage, SqsQueue } from '../../src/intake/sqs-queue.ts';
import { withLag } from '../../src/intake/with-lag.ts';
import { createKeepUnreadable } from '../../src/pipeline/accept/keep-unreadable.ts';
import type { AcceptFinding } from '../../src/pipeline/accept/accept-finding.ts';
import { StoreUnavailable } from '../../src/pipeline/ports/store.ts';
import type { Metrics } from '../../src/telemetry/metrics.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { systemClock } from '../support/jira/scripted-jira.ts';
import { openSite } from '../support/service/site.ts';
import { until } from '../support/until.ts';
import { emitTo, type Scenario } from './scenario.ts';

interface Told {
  /** Bodies of messages, received one after the other. */
  readonly bodies: readonly string[];
  readonly accept?: AcceptFinding;
  /** So many receives fail first. */
  readonly failing?: number;
  /** Messages that the store keeps at most. */
  readonly room?: number;
  /** The queue leaves no other place for a message that cannot be read. */
  readonly redrives?: boolean;
}

const acceptAny: AcceptFinding = async () => ({ group: 'f-x', because: 'new' });

/** Lets intake receive messages from a queue, until a sample is on the page. */
async function receive(
  metrics: Metrics,
  { bodies, accept = acceptAny, failing = 0, room = 10, redrives = true }: Told,
  sample: string,
): Promise<void> {
  const site = await openSite();
  await site.start();
  const waiting = bodies.map((body, n): SqsMessage => ({ body, receiptHandle: `handle-${n}`, sentAt: Date.now() - 2_000 }));
  let receives = 0;
  const queue: SqsQueue = {
    url: 'https://sqs.example/queue',
    async receive(signal) {
      receives += 1;
      if (receives <= failing) throw new Error('SQS is away');
      const message = waiting.shift();
      if (message === undefined) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      return message === undefined ? [] : [message];
    },
    remove: async () => [],
    changeVisibility: async () => [],
    attributes: async () => ({ waiting: 0, inFlight: 0, redrives, visibilitySeconds: 90 }),
  };
  const emit = emitTo(metrics);
  const intake = createIntake({
    queues: [withLag(queue, Date.now, metrics.intakeLag)],
    loopsPerQueue: 1,
    acceptBatch: (findings) => Promise.allSettled(findings.map((finding) => accept(finding))),
    keepUnreadable: createKeepUnreadable({ store: site.store, emit, bounds: { messages: room, bytes: 1_000_000 } }),
    storeReady: async () => undefined,
    storeFailed: () => undefined,
    allowedAccounts: null,
    clock: systemClock,
    emit,
    random: () => 0,
  });
  intake.start();
  await until(async () => new RegExp(`^${sample}(?:\\{.*\\})? [1-9]`, 'm').test(await metrics.render()), `${sample} is counted`);
  await intake.stop();
}

const FINDING = JSON.stringify(externalEvent());

/** What can happen to messages. */
export const INTAKE: Readonly<Record<string, Scenario>> = {
  'a message is taken': {
    moves: { f2j_intake_lag_seconds: 1 },
    happen: (metrics) => receive(metrics, { bodies: [FINDING] }, 'f2j_intake_lag_seconds_count'),
  },
  'a message is not wanted': {
    moves: { 'f2j_messages_ignored_total{because="access-preview"}': 1 },
    happen: (metrics) =>
      receive(
        metrics,
        { bodies: [JSON.stringify(externalEvent({ 'detail-type': 'Access Preview State Change' }))] },
        'f2j_messages_ignored_total',
      ),
  },
  'more messages cannot be read than there is room for': {
    moves: { 'f2j_messages_unreadable_total{because="not-json"}': 2, f2j_messages_dropped_total: 1 },
    happen: (metrics) => receive(metrics, { bodies: ['no', 'nor this'], room: 1 }, 'f2j_messages_dropped_total'),
  },
  'there is no room for a message that has no other place': {
    moves: { f2j_messages_left_in_queue_total: 1 },
    happen: (metrics) => receive(metrics, { bodies: ['no', 'nor this'], room: 1, redrives: false }, 'f2j_messages_left_in_queue_total'),
  },
  'SQS fails': {
    moves: { 'f2j_sqs_failures_total{doing="receive"}': 1 },
    happen: (metrics) => receive(metrics, { bodies: [], failing: 1 }, 'f2j_sqs_failures_total'),
  },
  'the store is away': {
    moves: { 'f2j_store_unavailable_total{doing="intake"}': 'some' },
    happen: (metrics) =>
      receive(metrics, { bodies: [FINDING], accept: () => Promise.reject(new StoreUnavailable('away')) }, 'f2j_store_unavailable_total'),
  },
  'the service has a fault': {
    moves: { 'f2j_internal_errors_total{doing="intake"}': 1 },
    happen: (metrics) =>
      receive(metrics, { bodies: [FINDING], accept: () => Promise.reject(new TypeError('oh')) }, 'f2j_internal_errors_total'),
  },
};
