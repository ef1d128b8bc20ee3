import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { JsonObject } from '../../../src/findings/json.ts';

/** Published AWS samples; they are not part of the repository. */
const FOLDER = new URL('../../../../shared/events/', import.meta.url);

export const HAS_SAMPLES = existsSync(FOLDER);
if (!HAS_SAMPLES) console.warn('Skipped: the folder of official AWS samples (../shared/events) is absent');

/** The samples that are whole EventBridge events, by the names of their files. */
export function sampleEvents(): Readonly<Record<string, JsonObject>> {
  const names = HAS_SAMPLES ? readdirSync(FOLDER).filter((name) => name.endsWith('.json')) : [];
  const all = names.map((name): [string, JsonObject] => [name, JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'))]);
  return Object.fromEntries(all.filter(([, sample]) => 'detail-type' in sample && 'detail' in sample));
}
