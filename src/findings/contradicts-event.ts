import type { Finding } from './finding.ts';
import { timestampMs } from './timestamp.ts';

/** How long an answer of AWS's API may be behind an event, ms. AWS names no time; answers are late by minutes. */
const LATE_MS = 3_600_000;

/**
 * Whether an answer that names an earlier `updatedAt` than the known finding does is not late, but contradicts the event: its status still differs
 * long after the event's time. An answer that was read from AWS outranks an event, which anyone who may send to the queue can invent.
 * @param askedAtMs when AWS was asked, epoch ms
 */
export function contradictsEvent(known: Finding, status: Finding['status'], askedAtMs: number): boolean {
  return status !== known.status && askedAtMs - timestampMs(known.updatedAt) >= LATE_MS;
}
