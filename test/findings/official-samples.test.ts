import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/findings/json.ts';
import { parseFinding } from '../../src/findings/parse-finding.ts';

/** Published AWS samples; they are not part of the repository. */
const FOLDER = new URL('../../../shared/events/', import.meta.url);
const present = existsSync(FOLDER);
if (!present) console.warn('Skipped: the folder of official AWS samples (../shared/events) is absent');

interface Expected {
  readonly kind?: string;
  readonly status?: string;
  readonly error?: string | null;
  readonly refusedAt?: string;
}

/** The samples in AWS's documentation, and the result for each. Events of other kinds are refused by their detail-type. */
const EVENTS: Readonly<Record<string, Expected>> = {
  'aws-docs__eb-external-s3-cross-account-active.json': { kind: 'external', status: 'ACTIVE', error: null },
  'aws-docs__eb-external-s3-error-access-denied.json': { kind: 'external', status: 'ACTIVE', error: 'ACCESS_DENIED' },
  'aws-docs__eb-internal-s3-intra-account-active.json': { kind: 'internal', status: 'ACTIVE', error: null },
  // The sample's source is "aws.access-analyzer-test", left in by mistake.
  'aws-docs__eb-internal-s3-error-access-denied.json': { refusedAt: 'source' },
  'aws-docs__eb-unused-permission-role-active.json': { kind: 'unused', status: 'ACTIVE', error: null },
  'aws-docs__eb-unused-role-error-internal.json': { kind: 'unused', error: 'INTERNAL_ERROR' },
  'aws-docs__eb-access-preview-creating.json': { refusedAt: 'detail-type' },
  'aws-docs__eb-access-preview-completed.json': { refusedAt: 'detail-type' },
  'aws-docs__eb-access-preview-failed.json': { refusedAt: 'detail-type' },
  // Only the fields that the event adds to a finding are shown.
  'aws-docs-2019__eb-external-envelope-minimal.json': { refusedAt: 'detail.status' },
};

function sample(name: string): JsonObject {
  return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
}

describe.skipIf(!present)('official AWS samples', () => {
  test('every EventBridge event among them is in the table', () => {
    const events = readdirSync(FOLDER).filter((name) => name.endsWith('.json') && 'detail-type' in sample(name));
    expect(events.toSorted()).toEqual(Object.keys(EVENTS).toSorted());
  });

  test.each(Object.entries(EVENTS))('%s', (name, { refusedAt, ...expected }) => {
    const event = sample(name);
    const parsed = parseFinding(event, Date.parse('2026-11-01'));
    expect(parsed).toMatchObject(
      refusedAt === undefined ? { ok: true, finding: { ...expected, event: { detail: event['detail'] } } } : { ok: false, path: refusedAt },
    );
  });
});
