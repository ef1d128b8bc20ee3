import type { Finding } from './finding.ts';
import type { FindingEvent } from './finding-event.ts';
import { parseFinding } from './parse-finding.ts';

/**
 * The same observation as if it had come in another envelope: of that analyzer, its account and Region, at its own time.
 * @returns null when it can't be read so
 */
export function withEnvelope(finding: Finding, envelope: FindingEvent): Finding | null {
  const { time, detail } = finding.event;
  const parsed = parseFinding({ ...envelope, time, detail }, Number.MAX_SAFE_INTEGER);
  return parsed.ok && parsed.finding.findingId === finding.findingId ? { ...parsed.finding, carried: finding.carried } : null;
}
