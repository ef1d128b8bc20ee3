import { setTimeout as sleep } from 'node:timers/promises';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { COUNTERS, type CounterLabels, type CounterName } from './counters.ts';
import { HISTOGRAMS, type HistogramLabels, type HistogramName } from './histograms.ts';

/** The values of the gauges, read for every scrape. */
export interface GaugeFacts {
  /** Findings by the state of their mapping. */
  readonly mappings: Readonly<Record<string, number>>;
  /** Issues by their side; one that several findings share counts once. Absent: not counted. */
  readonly issues?: Readonly<Record<'open' | 'closed', number>>;
  /** Findings whose issue is overdue, by severity. Absent: not counted. */
  readonly overdue?: Readonly<Record<string, number>>;
  /** Of the open issue that was opened first. Absent: not looked for. */
  readonly oldestAgeDays?: number;
  /** Groups waiting in the queue. */
  readonly queueDepth: number;
  /** For how long the group that is due longest has waited for its pass; 0: none is due. Absent: not looked for. */
  readonly oldestDueMs?: number;
  readonly storeTrusted: boolean;
  /** Calls to Jira per second that all replicas together may make. Absent: not known. */
  readonly callsPerSecond?: number;
}

export interface Metrics {
  /** @param by 1 by default */
  count<N extends CounterName>(counter: N, labels: CounterLabels<N>, by?: number): void;
  /** A message has left the queue, since its content is safe. @param ms since SQS got it */
  intakeLag(ms: number): void;
  /** From the last news of a finding to its issue, ms. */
  eventToIssue(ms: number): void;
  /** What the tracker tells of its calls to Jira. */
  readonly ofJira: {
    /** One call has ended. @param call.result HTTP status, or the network's code @param call.verdict `ok`, or a failure's code */
    onCall(call: { readonly endpoint: string; readonly result: string; readonly verdict: string }): void;
    /** A call was put off. */
    onDenied(scope: string): void;
    /** A call has got its turn, or was put off, after so many ms. */
    onWaited(kind: string, ms: number): void;
  };
  /** Sets the source of the gauges' values. Without it, and while it fails, the gauges are missing rather than wrong. */
  collectFrom(ask: () => Promise<GaugeFacts>): void;
  /** Everything in Prometheus' text format 0.0.4. */
  render(): Promise<string>;
}

/** The counters do not wait longer for the gauges, ms: they are needed most while a store hangs. */
const GAUGES_MS = 2_000;

/** Between two looks at the lag of the event loop. Each wakes the process: at prom-client's 10 ms, that is half of what it takes at rest. */
const LAG_EVERY_MS = 50;

/** After this many values of a label, further ones are called `other`: input from outside must not grow the page. */
const MAX_VALUES = 50;

/** Counters, histograms, gauges and Node.js' own figures (event loop lag, memory, garbage collection) in a registry of their own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_EVERY_MS });
  const counters = new Map<string, Counter>();
  for (const [name, { help, labels }] of Object.entries(COUNTERS)) {
    counters.set(name, new Counter({ name, help, labelNames: [...labels], registers: [registry] }));
  }
  const histograms = new Map<string, Histogram>();
  for (const [name, { help, labels, buckets }] of Object.entries(HISTOGRAMS)) {
    histograms.set(name, new Histogram({ name, help, labelNames: [...labels], buckets: [...buckets], registers: [registry] }));
  }
  const bound = createBound();

  const ofState = new Registry();
  const registers = [ofState];
  const mappings = new Gauge({ name: 'f2j_mappings', help: 'Findings by the state of their mapping', labelNames: ['state'], registers });
  const issues = new Gauge({ name: 'f2j_issues', help: 'Issues that are open or closed', labelNames: ['state'], registers });
  const overdue = new Gauge({
    name: 'f2j_mappings_overdue',
    help: 'Findings whose issue is open and past its due date',
    labelNames: ['severity'],
    registers,
  });
  const oldest = new Gauge({ name: 'f2j_oldest_issue_age_days', help: 'Age of the open issue that was opened first', registers });
  const queueDepth = new Gauge({ name: 'f2j_queue_depth', help: 'Groups that wait for a pass', registers });
  const oldestDue = new Gauge({
    name: 'f2j_oldest_due_group_age_seconds',
    help: 'For how long the group that is due longest has waited for its pass',
    registers,
  });
  const storeTrusted = new Gauge({
    name: 'f2j_store_trusted',
    help: '1: the store is the same as before; 0: it is being checked against Jira',
    registers,
  });
  const callsPerSecond = new Gauge({
    name: 'f2j_jira_calls_per_second',
    help: 'Calls to Jira per second that all replicas together may make, as learned from its answers',
    registers,
  });
  let ask: (() => Promise<GaugeFacts>) | null = null;

  function bounded(name: string, labels: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, bound(`${name} ${label}`, value)]));
  }

  function count(name: CounterName, labels: Readonly<Record<string, string>>, by = 1): void {
    counters.get(name)?.inc(bounded(name, labels), by);
  }

  /** A clock that was set back makes no time negative. */
  function observe<N extends HistogramName>(name: N, labels: HistogramLabels<N>, ms: number): void {
    histograms.get(name)?.observe(bounded(name, labels), Math.max(0, ms) / 1_000);
  }

  async function renderState(): Promise<string> {
    const facts = ask === null ? null : await inTime(ask());
    if (facts === null) return '';
    for (const [state, findings] of Object.entries(facts.mappings)) mappings.set({ state }, findings);
    for (const [state, count] of Object.entries(facts.issues ?? {})) issues.set({ state }, count);
    for (const [severity, count] of Object.entries(facts.overdue ?? {})) overdue.set({ severity }, count);
    if (facts.oldestAgeDays !== undefined) oldest.set(facts.oldestAgeDays);
    queueDepth.set(facts.queueDepth);
    if (facts.oldestDueMs !== undefined) oldestDue.set(facts.oldestDueMs / 1_000);
    if (facts.callsPerSecond !== undefined) callsPerSecond.set(facts.callsPerSecond);
    storeTrusted.set(facts.storeTrusted ? 1 : 0);
    return ofState.metrics();
  }

  return {
    count,
    intakeLag: (ms) => observe('f2j_intake_lag_seconds', {}, ms),
    eventToIssue: (ms) => observe('f2j_event_to_issue_seconds', {}, ms),
    ofJira: {
      onCall: (call) => count('f2j_jira_calls_total', call),
      onDenied: (scope) => count('f2j_jira_denials_total', { scope }),
      onWaited: (kind, ms) => observe('f2j_jira_permit_wait_seconds', { kind }, ms),
    },
    collectFrom(source) {
      ask = source;
    },
    async render() {
      const state = await renderState();
      return `${await registry.metrics()}${state}`;
    },
  };
}

function createBound(): (label: string, value: string) => string {
  const seen = new Map<string, Set<string>>();
  return (label, value) => {
    const values = seen.get(label) ?? new Set();
    seen.set(label, values);
    if (values.has(value)) return value;
    if (values.size >= MAX_VALUES) return 'other';
    values.add(value);
    return value;
  };
}

/** @returns null when it fails or takes too long */
async function inTime<T>(work: Promise<T>): Promise<T | null> {
  const gaveUp = new AbortController();
  try {
    return await Promise.race([work, sleep(GAUGES_MS, null, { signal: gaveUp.signal })]);
  } catch {
    return null;
  } finally {
    gaveUp.abort();
  }
}
