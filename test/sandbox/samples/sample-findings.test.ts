import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../src/findings/json.ts';
import { recommendedSteps, unusedDetails } from '../../../src/findings/finding-details.ts';
import { parseFinding } from '../../../src/findings/parse-finding.ts';
import { active, archived, deleted, resolved, type SampleEvent } from '../../../src/sandbox/samples/sample-event.ts';
import { sampleDetails } from '../../../src/sandbox/samples/sample-details.ts';
import { SAMPLE_ACCOUNTS, sampleFindings } from '../../../src/sandbox/samples/sample-findings.ts';

const startMs = Date.UTC(2026, 10, 20, 12, 0, 0, 123);
const events = sampleFindings({ count: 120, seed: 3, startMs });

function parsed(event: SampleEvent) {
  const message: unknown = JSON.parse(JSON.stringify(event));
  const read = isJsonObject(message) ? parseFinding(message, startMs + 86_400_000) : null;
  if (read === null || !read.ok) throw new Error(`Not readable: ${read?.path} ${read?.message}`);
  return read.finding;
}

test('the same seed and start give the same events, another seed others', () => {
  expect(sampleFindings({ count: 120, seed: 3, startMs })).toEqual(events);
  expect(sampleFindings({ count: 120, seed: 4, startMs })).not.toEqual(events);
});

test('every event is a different finding, and the service can read it', () => {
  const findings = events.map(parsed);
  expect(new Set(findings.map(({ key }) => key)).size).toBe(120);
  expect(new Set(findings.map(({ resource }) => resource)).size).toBe(120);
  expect(new Set(events.map(({ id }) => id)).size).toBe(120);
  expect(findings.every(({ status, deleted: gone }) => status === 'ACTIVE' && !gone)).toBe(true);
});

test('they are as varied as those of an organization', () => {
  const findings = events.map(parsed);
  const kinds = Map.groupBy(findings, ({ kind }) => kind);
  expect(kinds.get('external')?.length).toBeGreaterThan(80);
  expect(kinds.get('unused')?.length).toBeGreaterThan(5);
  expect(kinds.get('internal')?.length).toBeGreaterThan(5);
  expect(new Set(findings.map(({ resourceType }) => resourceType)).size).toBeGreaterThanOrEqual(8);
  expect(new Set(findings.map(({ accountId }) => accountId))).toEqual(new Set(Object.values(SAMPLE_ACCOUNTS)));
  expect(new Set(findings.map(({ isPublic }) => isPublic))).toEqual(new Set([true, false, null]));
});

test('the details of unused permissions have as many services and actions as the event counts, and a recommended policy', () => {
  const unused = events.filter(({ detail }) => detail['findingType'] === 'UnusedPermission');
  expect(unused.length).toBeGreaterThan(2);
  for (const event of unused) {
    const { findingDetails = [], recommendation } = sampleDetails(event);
    const lists = findingDetails.map((entry) => Object(entry['unusedPermissionDetails']));
    expect(lists.filter(({ actions }) => actions === undefined)).toHaveLength(Number(event.detail['numberOfUnusedServices']));
    expect(lists.flatMap(({ actions = [] }) => actions)).toHaveLength(Number(event.detail['numberOfUnusedActions']));
    expect(new Set(lists.map(({ serviceNamespace }) => serviceNamespace)).size).toBe(lists.length);
    expect(recommendedSteps(recommendation?.steps)).toMatchObject([
      { recommendedAction: 'CREATE_POLICY' },
      { recommendedAction: 'DETACH_POLICY' },
    ]);
  }
  expect(events.map((event) => unusedDetails(sampleDetails(event).findingDetails)?.length ?? 0).some((count) => count === 1)).toBe(true);
});

test.each([
  ['resolved', resolved, { status: 'RESOLVED', deleted: false }],
  ['archived', archived, { status: 'ARCHIVED', deleted: false }],
  ['deleted', deleted, { status: 'ACTIVE', deleted: true }],
  ['active again', active, { status: 'ACTIVE', deleted: false }],
] as const)('%s is a later event of the same finding', (_name, later, expected) => {
  for (const event of events.slice(0, 24)) {
    const next = later(event, startMs + 3_600_000);
    const [before, after] = [parsed(event), parsed(next)];
    expect(after).toMatchObject({ ...expected, key: before.key, resource: before.resource, createdAt: before.createdAt });
    expect(after.updatedAt > before.updatedAt && after.observedAt > before.observedAt).toBe(true);
    expect(next.id).not.toBe(event.id);
  }
});

const PUBLISHED = new URL('../../../../shared/events/', import.meta.url);
const SAMPLES = {
  external: 'aws-docs__eb-external-s3-cross-account-active.json',
  unused: 'aws-docs__eb-unused-permission-role-active.json',
  internal: 'aws-docs__eb-internal-s3-intra-account-active.json',
};
const published = await Promise.all(
  Object.entries(SAMPLES).map(async ([kind, file]) => ({
    kind,
    sample: objectFrom(await readFile(new URL(file, PUBLISHED), 'utf8').catch(() => '')),
  })),
);

test.skipIf(published.some(({ sample }) => sample === null))(
  'they have the fields of the published samples (skipped where these are missing)',
  () => {
    for (const { kind, sample } of published) {
      const event = events.find(
        (one) => parsed(one).kind === kind && (kind !== 'unused' || one.detail['findingType'] === 'UnusedPermission'),
      );
      expect(shapeOf(event?.detail ?? {})).toEqual(shapeOf(objectOf(sample?.['detail'])));
      expect(Object.keys(event ?? {}).toSorted()).toEqual(Object.keys(sample ?? {}).toSorted());
    }
  },
);

function shapeOf(detail: JsonObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(detail)
      .map(([name, value]) => [name, Array.isArray(value) ? 'array' : typeof value])
      .toSorted(),
  );
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function objectFrom(text: string): JsonObject | null {
  return text === '' ? null : objectOf(JSON.parse(text));
}
