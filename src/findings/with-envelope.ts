import type { Finding } from './finding.ts';
import type { FindingEvent } from './finding-event.ts';
import { parseFinding } from './parse-finding.ts';

/**
 * The observation as if it had come in another envelope: with that analyzer, account and Region, and its own time.
 * @returns null if it can't be parsed so, or becomes another finding
 */
export function withEnvelope(finding: Finding, envelope: FindingEvent): Finding | null {
  const { time, detail } = finding.event;
  const parsed = parseFinding({ ...envelope, time, detail }, Number.MAX_SAFE_INTEGER);
  if (!parsed.ok || parsed.finding.findingId !== finding.findingId) return null;
  const { carried, shrunk } = finding;
  return { ...parsed.finding, carried, ...(shrunk === true ? { shrunk } : {}) };
}
