import { createHash } from 'node:crypto';
import type { Json } from '../../findings/json.ts';

/** A finding event as EventBridge delivers it, with AWS's own field names. */
export interface SampleEvent {
  readonly version: '0';
  /** Of the event, not of the finding. */
  readonly id: string;
  readonly 'detail-type': 'Access Analyzer Finding' | 'Unused Access Finding for IAM entities' | 'Internal Access Finding';
  readonly source: 'aws.access-analyzer';
  /** The analyzer's account. */
  readonly account: string;
  readonly time: string;
  readonly region: string;
  /** The analyzer's ARN. */
  readonly resources: readonly [string];
  readonly detail: SampleDetail;
}

export interface SampleDetail {
  readonly status: 'ACTIVE' | 'ARCHIVED' | 'RESOLVED';
  readonly isDeleted: boolean;
  readonly resource: string;
  readonly resourceType: string;
  /** The owner. */
  readonly accountId: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly analyzedAt: string;
  readonly [field: string]: Json;
}

/** The later event of the same finding when its access is gone. @param atMs epoch ms */
export function resolved(event: SampleEvent, atMs: number): SampleEvent {
  return later(event, atMs, { status: 'RESOLVED' });
}

/** The later event of the same finding when it is archived in AWS. */
export function archived(event: SampleEvent, atMs: number): SampleEvent {
  return later(event, atMs, { status: 'ARCHIVED' });
}

/** The later event of the same finding when its access has come back. */
export function active(event: SampleEvent, atMs: number): SampleEvent {
  return later(event, atMs, { status: 'ACTIVE' });
}

/** The last event of a finding: AWS deletes it, and its status stays the same. */
export function deleted(event: SampleEvent, atMs: number): SampleEvent {
  return later(event, atMs, { isDeleted: true });
}

/** A UUID that is always the same for the same words. */
export function sampleId(...words: readonly string[]): string {
  const hex = createHash('sha256').update(words.join('\n')).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

/** The time of an envelope: whole seconds. */
export function envelopeTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** A time of a finding, with the fraction digits that AWS writes for this kind: 0, 3 or 9. */
export function findingTime(atMs: number, digits: number): string {
  const [seconds = '', fraction = ''] = new Date(atMs).toISOString().replace('Z', '').split('.');
  return digits === 0 ? `${seconds}Z` : `${seconds}.${fraction.padEnd(digits, '0').slice(0, digits)}Z`;
}

function later(event: SampleEvent, atMs: number, changes: Partial<Pick<SampleDetail, 'status' | 'isDeleted'>>): SampleEvent {
  const { detail } = event;
  const at = findingTime(atMs, /\.(\d+)Z$/.exec(detail.updatedAt)?.[1]?.length ?? 0);
  const told = event['detail-type'] === 'Unused Access Finding for IAM entities' ? { previousStatus: detail.status } : {};
  return {
    ...event,
    id: sampleId(event.id, at, JSON.stringify(changes)),
    time: envelopeTime(atMs),
    detail: { ...detail, ...told, ...changes, updatedAt: at, analyzedAt: at },
  };
}
