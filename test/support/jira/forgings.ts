import type { Json, JsonObject } from '../../../src/findings/json.ts';
import { isJsonObject } from '../../../src/findings/json.ts';
import { markerLabel, PROPERTY_KEY, tombstoneOf } from '../../../src/issues/marker.ts';
import { handMadeIssue, issueOf } from './hand-made-issues.ts';
import type { Site } from '../service/site.ts';

/** The key of the n-th issue of the project. */
export const keyOf = (n: number): string => `SEC-${n + 1}`;

function propertyOf(site: Site, key: string): JsonObject {
  const property = issueOf(site, key).properties[PROPERTY_KEY] ?? null;
  if (!isJsonObject(property)) throw new Error(`${key} has no property`);
  return property;
}

/** What a person may do to the marker of the issue of finding `n`, given another finding's. */
export interface Forging {
  readonly name: string;
  forge(site: Site, n: number, other: number, groups: readonly string[]): void;
}

function writing(
  name: string,
  value: (own: JsonObject, other: JsonObject, groups: readonly [string, string]) => Json | undefined,
): Forging {
  return {
    name,
    forge(site, n, other, groups) {
      const written = value(propertyOf(site, keyOf(n)), propertyOf(site, keyOf(other)), [groups[n] ?? '', groups[other] ?? '']);
      site.jira.person.writeProperty(keyOf(n), PROPERTY_KEY, written);
    },
  };
}

/** On a new issue of the person's own. */
function copying(name: string, value: (own: JsonObject) => JsonObject, withLabel = false): Forging {
  return {
    name,
    forge(site, n, _, groups) {
      const { key } = handMadeIssue(site);
      site.jira.person.writeProperty(key, PROPERTY_KEY, value(propertyOf(site, keyOf(n))));
      const labels = ['findings-to-jira', ...(withLabel ? [markerLabel('default', groups[n] ?? '')] : [])];
      site.jira.person.edit(key, { labels });
    },
  };
}

/** Every part of the marker, forged; the marker copied, removed, or replaced by a tombstone. */
export const FORGINGS: readonly Forging[] = [
  writing('the group of another', (own, _, [, other]) => ({ ...own, group: other })),
  writing('a group that there is not', (own) => ({ ...own, group: 'f-none' })),
  writing('the findings of another', (own, { findings = [] }) => ({ ...own, findings })),
  writing('no findings', (own) => ({ ...own, findings: [] })),
  writing('another installation', (own) => ({ ...own, installation: 'theirs' })),
  writing('a later attempt', (own) => ({ ...own, attempt: 99 })),
  writing('linked', (own) => ({ ...own, linked: true })),
  writing('that people changed all fields', (own) => ({ ...own, written: { summary: null, description: null, priority: null } })),
  writing('the whole property of another', (_, other) => other),
  writing('the whole property of another, linked', (_, other) => ({ ...other, linked: true })),
  writing('nothing, by removing it', () => undefined),
  writing('garbage', () => 'garbage'),
  writing('its own tombstone', (_own, _other, [group]) => ({ ...tombstoneOf('default', group) })),
  writing('the tombstone of another', (_own, _other, [, group]) => ({ ...tombstoneOf('default', group) })),
  writing("another installation's tombstone", (_own, _other, [group]) => ({ ...tombstoneOf('theirs', group) })),
  copying('a copy', (own) => own),
  copying('a linked copy', (own) => ({ ...own, linked: true })),
  copying('a linked copy with its label', (own) => ({ ...own, linked: true }), true),
  copying('its tombstone on an issue of theirs', (own) => ({ ...tombstoneOf('default', String(own['group'])) })),
];
