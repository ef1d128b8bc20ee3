import { isJsonObject, type Json, type JsonObject } from '../../src/findings/json.ts';
import { PROPERTY_KEY, tombstoneOf } from '../../src/issues/marker.ts';
import type { JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import type { SimulatedIssue } from '../../src/sandbox/jira/simulated-issue.ts';
import { ownProperty } from './checker.ts';

/** Issues whose markers one blow forges, at most. */
const MAX_FORGED = 4;
/**
 * Only in this project is the group of a finding always the same. A finding whose group has changed since, whose issue is forged and whose store is
 * lost gets a second issue: see docs/protocol.md.
 */
const PROJECT = 'SEC';

/** What a person writes into the property of an issue, given that of another; undefined: removes it. */
const FORGINGS: readonly ((own: JsonObject, other: JsonObject) => Json | undefined)[] = [
  (own, other) => ({ ...own, group: other['group'] ?? '' }),
  (own, other) => ({ ...own, findings: other['findings'] ?? [] }),
  (own) => ({ ...own, installation: 'theirs' }),
  (own) => ({ ...own, attempt: 99 }),
  (own) => ({ ...own, linked: true }),
  (own) => ({ ...own, written: { summary: null, description: null } }),
  (_, other) => other,
  (_, other) => ({ ...other, linked: true }),
  () => undefined,
  () => 'garbage',
  (own) => ({ ...tombstoneOf(String(own['installation']), String(own['group'])) }),
  (_, other) => ({ ...tombstoneOf(String(other['installation']), String(other['group'])) }),
];

/** Forges the markers of some issues, and puts a linked copy of one of them on an issue of the person's own. @returns false: there is no issue yet */
export function forgeSome({ issues, person }: JiraSimulator, random: () => number): boolean {
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  const ours = issues().flatMap((issue) => (issue.projectKey === PROJECT ? markedOf(issue) : []));
  const forged = Array.from({ length: Math.min(MAX_FORGED, ours.length) }, () => pick(ours)).flatMap((one) => one ?? []);
  for (const { key, property } of forged) {
    const forge = pick(FORGINGS);
    if (forge !== undefined) person.writeProperty(key, PROPERTY_KEY, forge(property, pick(ours)?.property ?? property));
  }
  const copied = pick(ours);
  if (copied !== undefined) person.writeProperty(person.clone(copied.key).key, PROPERTY_KEY, { ...copied.property, linked: true });
  return forged.length > 0;
}

function markedOf(issue: SimulatedIssue): { readonly key: string; readonly property: JsonObject }[] {
  const property = ownProperty(issue);
  return property !== undefined && isJsonObject(property) ? [{ key: issue.key, property }] : [];
}
