import type { Finding } from './finding.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { parseFinding } from './parse-finding.ts';

/** The finding with other values in its event's `detail`, parsed again; null: it is none then. @param nowMs epoch ms */
export function changedDetail({ event }: Finding, changes: JsonObject, nowMs: number): Finding | null {
  const detail = isJsonObject(event.detail) ? event.detail : {};
  const parsed = parseFinding({ ...event, detail: { ...detail, ...changes } }, nowMs);
  return parsed.ok ? parsed.finding : null;
}
