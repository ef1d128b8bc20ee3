import { describe, expect, test } from 'vitest';
import { COUNTERS } from '../../src/telemetry/counters.ts';
import { HISTOGRAMS } from '../../src/telemetry/histograms.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';

/** Every sample: name with its labels, and the value. */
async function samplesOf(metrics: ReturnType<typeof createMetrics>): Promise<ReadonlyMap<string, string>> {
  const lines = (await metrics.render()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]));
}

describe('the metrics', () => {
  test('count by labels', async () => {
    const metrics = createMetrics();
    metrics.count('f2j_issues_created_total', {});
    metrics.count('f2j_issues_created_total', {});
    metrics.count('f2j_steps_total', { step: 'create', because: 'not-opened-yet' });
    metrics.ofJira.onCall({ endpoint: 'POST /issue', result: '201', verdict: 'ok' });
    metrics.ofJira.onCall({ endpoint: 'POST /issue', result: 'ECONNRESET', verdict: 'jira-unreachable' });
    const samples = await samplesOf(metrics);
    expect(samples.get('f2j_issues_created_total')).toBe('2');
    expect(samples.get('f2j_steps_total{step="create",because="not-opened-yet"}')).toBe('1');
    expect(samples.get('f2j_jira_calls_total{endpoint="POST /issue",result="201",verdict="ok"}')).toBe('1');
    const lost = 'f2j_jira_calls_total{endpoint="POST /issue",result="ECONNRESET",verdict="jira-unreachable"}';
    expect(samples.get(lost)).toBe('1');
  });

  test('begin at zero, so that a rate can be taken from the first event on', async () => {
    const samples = await samplesOf(createMetrics());
    expect(samples.get('f2j_issues_created_total')).toBe('0');
    expect(samples.get('f2j_duplicates_seen_total')).toBe('0');
  });

  test("show Node.js' own figures, the event loop's lag among them", async () => {
    const names = [...(await samplesOf(createMetrics())).keys()];
    expect(names).toEqual(expect.arrayContaining(['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes']));
  });

  test('of two services in one process are not mixed', async () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.count('f2j_issues_created_total', {});
    expect((await samplesOf(other)).get('f2j_issues_created_total')).toBe('0');
  });

  test('do not grow without bounds by input from outside', async () => {
    const metrics = createMetrics();
    const sampleOf = (result: string): string =>
      `f2j_jira_calls_total{endpoint="GET /myself",result="${result}",verdict="jira-unreachable"}`;
    const call = (result: string): void => metrics.ofJira.onCall({ endpoint: 'GET /myself', result, verdict: 'jira-unreachable' });
    for (let i = 0; i < 500; i += 1) call(`E${i}`);
    call('E3');
    const samples = [...(await samplesOf(metrics))].filter(([name]) => name.startsWith('f2j_jira_calls_total'));
    expect(samples.length).toBeLessThanOrEqual(51);
    expect(samples).toContainEqual([sampleOf('other'), '450']);
    expect(samples).toContainEqual([sampleOf('E3'), '2']);
  });

  test('have names as Prometheus wants them, and help', async () => {
    const text = await createMetrics().render();
    for (const [name, { help, labels }] of Object.entries(COUNTERS)) {
      expect(name).toMatch(/^f2j_[a-z_]+_total$/);
      expect(labels.join(' ')).not.toMatch(/id\b|key\b|arn\b/i);
      expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} counter\n`);
    }
  });
});

describe('the histograms', () => {
  test('take times in milliseconds and show them in seconds, none of them negative', async () => {
    const metrics = createMetrics();
    metrics.intakeLag(400);
    metrics.intakeLag(-5);
    metrics.ofJira.onWaited('create', 2_500);
    const samples = await samplesOf(metrics);
    expect(samples.get('f2j_intake_lag_seconds_bucket{le="0.25"}')).toBe('1');
    expect(samples.get('f2j_intake_lag_seconds_bucket{le="0.5"}')).toBe('2');
    expect(samples.get('f2j_intake_lag_seconds_sum')).toBe('0.4');
    expect(samples.get('f2j_jira_permit_wait_seconds_bucket{le="2",kind="create"}')).toBe('0');
    expect(samples.get('f2j_jira_permit_wait_seconds_bucket{le="5",kind="create"}')).toBe('1');
  });

  test('have names as Prometheus wants them, help, and buckets in order', async () => {
    const text = await createMetrics().render();
    for (const [name, { help, labels, buckets }] of Object.entries(HISTOGRAMS)) {
      expect(name).toMatch(/^f2j_[a-z_]+_seconds$/);
      expect(labels.join(' ')).not.toMatch(/id\b|key\b|arn\b/i);
      expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} histogram\n`);
      expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
    }
  });
});

describe('the gauges', () => {
  test('are asked for at every scrape', async () => {
    const metrics = createMetrics();
    let depth = 4;
    metrics.collectFrom(async () => ({
      mappings: { open: 2, closed: 0 },
      issues: { open: 2, closed: 1 },
      queueDepth: depth,
      oldestDueMs: 1_500,
      callsPerSecond: 12.5,
      storeTrusted: true,
    }));
    const before = await samplesOf(metrics);
    expect(before.get('f2j_mappings{state="open"}')).toBe('2');
    expect(before.get('f2j_mappings{state="closed"}')).toBe('0');
    expect(before.get('f2j_issues{state="closed"}')).toBe('1');
    expect(before.get('f2j_queue_depth')).toBe('4');
    expect(before.get('f2j_oldest_due_group_age_seconds')).toBe('1.5');
    expect(before.get('f2j_jira_calls_per_second')).toBe('12.5');
    expect(before.get('f2j_store_trusted')).toBe('1');
    depth = 5;
    expect((await samplesOf(metrics)).get('f2j_queue_depth')).toBe('5');
  });

  test('are absent rather than stale while they cannot be known, and the counters stay', async () => {
    const metrics = createMetrics();
    let isDown = false;
    metrics.collectFrom(async () => {
      if (isDown) throw new Error('the store is away');
      return { mappings: { open: 2 }, issues: { open: 2, closed: 1 }, queueDepth: 4, storeTrusted: false };
    });
    expect((await samplesOf(metrics)).get('f2j_store_trusted')).toBe('0');
    isDown = true;
    const names = [...(await samplesOf(metrics)).keys()];
    expect(names.filter((name) => /^f2j_(mappings|issues\{|queue_depth|store_trusted)/.test(name))).toEqual([]);
    expect(names).toContain('f2j_issues_created_total');
  });

  test('hold nothing up while a store hangs', async () => {
    const metrics = createMetrics();
    metrics.collectFrom(() => new Promise(() => {}));
    const names = [...(await samplesOf(metrics)).keys()];
    expect(names).toContain('f2j_issues_created_total');
    expect(names).not.toContain('f2j_queue_depth');
  });
});
