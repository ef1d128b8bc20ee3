import { describe, expect, test } from 'vitest';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { parse } from 'yaml';
import { COUNTERS } from '../../src/telemetry/counters.ts';
import { HISTOGRAMS } from '../../src/telemetry/histograms.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { SERVICE_EVENT_MESSAGES } from '../../src/telemetry/service-event-messages.ts';
import { isJsonObject } from '../../src/findings/json.ts';
import { knowsMetric } from '../support/deploy/property-problems.ts';
import { listOf, objectIn } from '../support/deploy/read-template.ts';
import { promtoolPath, runPromtool } from '../support/deploy/run-promtool.ts';
import { STACK_NAMES, stackOf } from '../support/deploy/stacks.ts';
import { codesIn, rowsUnder, sectionUnder, sorted, textOf } from '../support/docs/read-docs.ts';

const FOLDER = 'deploy/monitoring';
const ALERTS = 'alerts.yaml';
const TESTS = ['alerts.test.yaml', 'alerts-days.test.yaml'];
const files = Object.fromEntries([ALERTS, ...TESTS].map((name) => [name, textOf(`${FOLDER}/${name}`)]));

const Rules = Type.Object({
  groups: Type.Array(
    Type.Object({
      rules: Type.Array(
        Type.Object({
          alert: Type.String(),
          expr: Type.String(),
          labels: Type.Object({ severity: Type.Union([Type.Literal('page'), Type.Literal('ticket')]) }),
          annotations: Type.Object({ summary: Type.String({ minLength: 10 }) }),
        }),
      ),
    }),
  ),
});
const rules = Value.Parse(Rules, parse(files[ALERTS] ?? '')).groups.flatMap((group) => group.rules);

const Dashboard = Type.Object({
  panels: Type.Array(
    Type.Object({
      title: Type.String({ minLength: 3 }),
      type: Type.String(),
      gridPos: Type.Object({ x: Type.Number(), y: Type.Number(), w: Type.Number(), h: Type.Number() }),
      targets: Type.Optional(Type.Array(Type.Object({ expr: Type.String(), legendFormat: Type.String() }))),
    }),
  ),
  templating: Type.Object({ list: Type.Array(Type.Object({ name: Type.String(), query: Type.String() })) }),
});
const dashboard = Value.Parse(Dashboard, JSON.parse(textOf(`${FOLDER}/dashboard.json`)));
const targets = dashboard.panels.flatMap((panel) => panel.targets ?? []);

/** Labels that Prometheus gives to every series. */
const SCRAPE_LABELS = ['job', 'instance'];

/** Every metric that the service has, with its labels. */
async function servedMetrics(): Promise<ReadonlyMap<string, readonly string[]>> {
  const metrics = createMetrics();
  metrics.collectFrom(async () => ({
    mappings: { open: 1 },
    issues: { open: 2, closed: 1 },
    overdue: { critical: 1 },
    callsPerSecond: 10,
    queueDepth: 0,
    oldestDueMs: 0,
    storeTrusted: true,
  }));
  const page = await metrics.render();
  const names = [...page.matchAll(/^# TYPE (\S+) /gm)].map(([, name = '']) => name);
  const labelsOf = (name: string) => [...page.matchAll(new RegExp(`^${name}\\{(\\w+)=`, 'gm'))].map(([, label = '']) => label);
  return new Map([
    ...names.map((name): [string, readonly string[]] => [name, labelsOf(name)]),
    ...Object.entries(COUNTERS).map(([name, { labels }]): [string, readonly string[]] => [name, labels]),
    ...Object.entries(HISTOGRAMS).flatMap(([name, { labels }]): [string, readonly string[]][] => [
      [`${name}_bucket`, [...labels, 'le']],
      [`${name}_sum`, labels],
      [`${name}_count`, labels],
    ]),
  ]);
}

const served = await servedMetrics();

function metricsIn(expression: string): readonly string[] {
  return [...expression.matchAll(/\b(?:f2j|nodejs|process)_\w+/g)].map(([name]) => name);
}

/** Metrics, and labels of them, that an expression asks for and the service does not have. */
function unknownIn(expression: string): readonly string[] {
  const names = metricsIn(expression);
  const labels = new Set([...SCRAPE_LABELS, ...names.flatMap((name) => served.get(name) ?? [])]);
  const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(',').map((label) => label.trim()));
  const selected = [...expression.matchAll(/\b(\w+)\{([^}]*)\}/g)].flatMap(([, name = '', list = '']) =>
    [...list.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)]
      .map(([, label = '']) => label)
      .filter((label) => ![...SCRAPE_LABELS, ...(served.get(name) ?? [])].includes(label))
      .map((label) => `${name}{${label}}`),
  );
  return [...names.filter((name) => !served.has(name)), ...grouped.filter((label) => !labels.has(label)), ...selected];
}

describe('the alerts of Prometheus', () => {
  test('ask for metrics and labels that exist', () => {
    expect(rules.length).toBeGreaterThan(20);
    expect(unknownIn('sum by (nothing) (f2j_mappings{kind="a"} + f2j_none_total)')).toEqual([
      'f2j_none_total',
      'nothing',
      'f2j_mappings{kind}',
    ]);
    for (const { alert, expr } of rules) expect([alert, unknownIn(expr)]).toEqual([alert, []]);
  });

  test('cover every metric for which the reference names an alarm', () => {
    const wanted = rowsUnder(textOf('docs/operations/reference.md'), 'Metrics').filter((row) => row[3] !== '');
    const used = new Set(rules.flatMap(({ expr }) => metricsIn(expr)));
    expect(wanted.length).toBeGreaterThan(20);
    expect(wanted.flatMap(([name]) => codesIn(name)).filter((name) => !used.has(name))).toEqual([]);
  });

  test('have a unit test each', () => {
    const fired = TESTS.flatMap((name) => [...(files[name] ?? '').matchAll(/- name: (\w+) fires$/gm)].map(([, alert = '']) => alert));
    expect(sorted(fired)).toEqual(sorted(rules.map(({ alert }) => alert)));
    const quiet = /- name: A healthy service.*?(?=\n {2}- name|$)/s.exec(files['alerts.test.yaml'] ?? '')?.[0] ?? '';
    expect(sorted([...quiet.matchAll(/alertname: (\w+), exp_alerts: \[\]/g)].map(([, alert = '']) => alert))).toEqual(
      sorted(rules.map(({ alert }) => alert)),
    );
  });

  test.skipIf(promtoolPath() === null)('pass the unit tests (promtool)', () => {
    const run = runPromtool(['test', 'rules', ...TESTS], files);
    expect(run).toMatchObject({ exitCode: 0, output: expect.stringContaining('SUCCESS') });
    const broken = { ...files, [ALERTS]: files[ALERTS]?.replace('> 100 and', '> 10000 and') ?? '' };
    expect(runPromtool(['test', 'rules', 'alerts.test.yaml'], broken)).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('F2jQueueGrows'),
    });
  });
});

describe('the dashboard of Grafana', () => {
  test('asks for metrics and labels that exist', () => {
    expect(targets.length).toBeGreaterThan(30);
    for (const { expr } of targets) expect([expr, unknownIn(expr)]).toEqual([expr, []]);
    for (const { query } of dashboard.templating.list) expect(unknownIn(query)).toEqual([]);
  });

  test('names each series by labels that the query keeps, and uses no other variable', () => {
    const variables = ['__rate_interval', ...dashboard.templating.list.map(({ name }) => name)];
    for (const { expr, legendFormat } of targets) {
      const kept = /\bby \(([^)]*)\)/.exec(expr)?.[1]?.split(', ') ?? (expr.includes('(') ? [] : SCRAPE_LABELS);
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      expect([expr, shown.filter((label) => !kept.includes(label))]).toEqual([expr, []]);
      expect([...expr.matchAll(/\$(\w+)/g)].map(([, name = '']) => name).filter((name) => !variables.includes(name))).toEqual([]);
    }
  });

  test('has panels that fill the width and do not overlap', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)}/${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(cells.filter((cell) => Number(cell.split('/')[0]) >= 24)).toEqual([]);
    expect(cells.length % 24).toBe(0);
  });

  test.skipIf(promtoolPath() === null)('has queries that Prometheus can read (promtool)', () => {
    const recorded = (expressions: readonly string[]) =>
      JSON.stringify({
        groups: [
          {
            name: 'dashboard',
            rules: expressions.map((expr, at) => ({ record: `query_${at}`, expr: expr.replaceAll('$__rate_interval', '5m') })),
          },
        ],
      });
    const run = runPromtool(['check', 'rules', 'queries.yaml'], { 'queries.yaml': recorded(targets.map(({ expr }) => expr)) });
    expect(run).toMatchObject({ exitCode: 0, output: expect.stringContaining(`${targets.length} rules found`) });
    expect(runPromtool(['check', 'rules', 'queries.yaml'], { 'queries.yaml': recorded(['sum(']) }).exitCode).toBe(1);
  });
});

describe('the alarms of CloudWatch', () => {
  const alarms = new Map(
    STACK_NAMES.flatMap((stack) =>
      Object.values(stackOf(stack).resources)
        .filter((resource) => isJsonObject(resource) && resource['Type'] === 'AWS::CloudWatch::Alarm')
        .map((resource): [string, ReturnType<typeof objectIn>] => {
          const properties = objectIn(resource, 'Properties');
          return [String(properties['AlarmName']).replace(/^findings-to-jira-/, 'NAME-'), properties];
        }),
    ),
  );
  const filters = Object.values(stackOf('hub: fargate with all').resources)
    .filter((resource) => isJsonObject(resource) && resource['Type'] === 'AWS::Logs::MetricFilter')
    .map((resource) => objectIn(resource, 'Properties'));

  test('watch metrics of AWS, or of the log', () => {
    const ofTheLog = filters.flatMap((filter) =>
      listOf(filter['MetricTransformations']).map((one) => {
        const metric = objectIn({ one }, 'one');
        return `${String(metric['MetricNamespace'])} ${String(metric['MetricName'])}`;
      }),
    );
    const watched = [...alarms.values()].map((alarm) => [String(alarm['Namespace']), String(alarm['MetricName'])] as const);
    expect(watched.length).toBeGreaterThan(10);
    const unknown = watched
      .filter(([namespace, name]) => !knowsMetric(namespace, name) && !ofTheLog.includes(`${namespace} ${name}`))
      .map((metric) => metric.join(' '));
    expect(unknown).toEqual([]);
    const names = watched.map((metric) => metric.join(' '));
    expect(ofTheLog.filter((metric) => !names.includes(metric))).toEqual([]);
  });

  test('look in the log for sentences and levels that the service writes', () => {
    const sentences = Object.values(SERVICE_EVENT_MESSAGES).map(({ sentence }) => sentence);
    const levels = Object.values(SERVICE_EVENT_MESSAGES).map(({ level }) => level);
    expect(filters.length).toBeGreaterThan(1);
    for (const { FilterPattern: pattern } of filters) {
      const [, field = '', value = ''] = /^\{ \$\.(msg|level) = "(.*)" \}$/.exec(String(pattern)) ?? [];
      expect(field === 'msg' ? sentences : levels).toContain(value);
    }
  });

  test('have a paragraph each in troubleshooting, as the alerts of Prometheus have, and there are no others', () => {
    const section = sectionUnder(textOf('docs/operations/troubleshooting.md'), 'An alert fires');
    const paragraphs = [...section.matchAll(/^\*\*`([\w-]+)`\.\*\* (.+)$/gm)];
    const explained = paragraphs.map(([, name = '']) => name);
    expect(sorted(explained)).toEqual(sorted([...alarms.keys(), ...rules.map(({ alert }) => alert)]));
    expect(paragraphs.filter(([, , text = '']) => text.length < 20)).toEqual([]);
    for (const alarm of alarms.values())
      expect(alarm['AlarmDescription']).toContain('docs/operations/troubleshooting.md, "An alert fires"');
  });
});
