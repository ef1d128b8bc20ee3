import { expect, onTestFinished, test } from 'vitest';
import { PROBLEMS } from '../../src/admin/problem-codes.ts';
import { AWS_SDK_VARIABLES, ENVIRONMENT_VARIABLES } from '../../src/config/environment-variables.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/findings/json.ts';
import { FAILURE_CODES } from '../../src/issues/failure.ts';
import { FAILURE_ADVICE } from '../../src/issues/failure-advice.ts';
import { MAPPING_STATES } from '../../src/issues/mapping-state.ts';
import { COUNTERS } from '../../src/telemetry/counters.ts';
import { SERVICE_EVENT_MESSAGES } from '../../src/telemetry/service-event-messages.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createEmit } from '../../src/telemetry/emit.ts';
import { startAdmin } from '../support/admin/admin-server.ts';
import { golden } from './golden.ts';
import { HAPPENING_SAMPLES } from './happening-samples.ts';

const names = golden('names');

/** A line of the metrics page about us: what it says, or a figure with its labels. */
function shownLine(line: string): object[] {
  const said = /^# (\w+) (f2j_\w+) (.*)$/.exec(line);
  if (said !== null) return [{ says: said[1], name: said[2], words: said[3] }];
  const figure = /^(f2j_\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (figure === null) return [];
  const labels = [...(figure[2] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value]) => [label, value]);
  return [{ name: figure[1], labels: Object.fromEntries(labels), value: figure[3] }];
}

test('log lines and counters of every happening', async () => {
  expect(new Set(HAPPENING_SAMPLES.map(({ what }) => what))).toEqual(new Set(Object.keys(SERVICE_EVENT_MESSAGES)));
  const lines: JsonObject[] = [];
  const metrics = createMetrics();
  const write = (line: string): void => {
    const { time: _, err, ...rest }: JsonObject = JSON.parse(line);
    // A stack names files, which may move.
    lines.push(isJsonObject(err) ? { ...rest, err: { type: err['type'] ?? null, message: err['message'] ?? null } } : rest);
  };
  const emit = createEmit(createLogger({ level: 'debug', destination: { write } }), metrics);
  for (const event of HAPPENING_SAMPLES) emit(event);
  expect(lines).toHaveLength(HAPPENING_SAMPLES.length);
  names.check('happenings', 'names', lines);
  metrics.jiraCall('201');
  metrics.collectFrom(async () => ({ mappings: { open: 2, failed: 1 }, queueDepth: 3, storeTrusted: true }));
  const page = await metrics.render();
  names.check('metrics-page', 'names', page.split('\n').flatMap(shownLine));
});

test('metrics', () => {
  names.check('counters', 'names', COUNTERS);
});

test('codes, states and variables', () => {
  names.check('problems', 'names', PROBLEMS);
  names.check(
    'failures',
    'names',
    FAILURE_CODES.map((code) => ({ code, advice: FAILURE_ADVICE[code] })),
  );
  names.check('states', 'names', { state: MAPPING_STATES });
  names.check(
    'variables',
    'names',
    ENVIRONMENT_VARIABLES.map((one) => ({
      name: one.name,
      meaning: one.meaning,
      defaultValue: one.defaultValue,
      required: one.required,
      expected: one.expected,
      secret: one.secret,
      schema: one.schema,
    })),
  );
  names.check('sdk-variables', 'names', AWS_SDK_VARIABLES);
});

test('routes', async () => {
  const admin = await startAdmin([]);
  onTestFinished(() => admin.close());
  const answer = await admin.app.inject({ method: 'GET', url: '/openapi.json' });
  const document: Json = answer.json();
  const paths = isJsonObject(document) ? document['paths'] : null;
  const routes = Object.entries(isJsonObject(paths) ? paths : {}).flatMap(([path, methods]) =>
    Object.entries(isJsonObject(methods) ? methods : {}).map(([method, said]) => [
      method.toUpperCase(),
      path,
      isJsonObject(said) ? (said['operationId'] ?? null) : null,
      Object.keys(isJsonObject(said) && isJsonObject(said['responses']) ? said['responses'] : {}),
    ]),
  );
  expect(routes.length).toBeGreaterThan(30);
  names.check('routes', 'names', routes);
  names.check('openapi', 'names', document);
});

test('nothing that was recorded is missing', async () => {
  await names.finish();
});
