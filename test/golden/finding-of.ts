import type { Finding } from '../../src/findings/finding.ts';
import type { JsonObject } from '../../src/findings/json.ts';
import { parseFinding } from '../../src/findings/parse-finding.ts';

/** The moment at which every run begins, whatever the day is. */
export const BEGIN_MS = Date.UTC(2026, 3, 1);

/** The same on every day. */
export function goldenFinding(event: JsonObject): Finding {
  const parsed = parseFinding(event, BEGIN_MS);
  if (!parsed.ok) throw new Error(`${parsed.path}: ${parsed.message}`);
  return parsed.finding;
}
