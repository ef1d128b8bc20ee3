import { partsOfKey, UNKNOWN_ANALYZER } from '../../src/findings/finding.ts';
import { isJsonObject } from '../../src/findings/json.ts';
import type { SimulatedIssue } from '../../src/sandbox/jira/simulated-issue.ts';
import { askReplica } from './ask-replica.ts';
import { ownProperty } from './checker.ts';
import type { ChaosSite, InstallationParts } from './site.ts';

/**
 * The operator of the run: decides about every group that waits because an issue's marker proves nothing, as an operator who knows the issues would.
 * A group without an issue is linked to the one that a service made for it, if there is one; any other goes on without the named issues.
 */
export async function decideUnproven({ parts, jira }: ChaosSite): Promise<void> {
  for (const part of parts) {
    const ask = asker(part);
    const { items = [] } = await ask('GET', '/api/v1/failures?code=jira-property-unproven');
    for (const failure of asList(items)) {
      const group = String(failure['id']);
      const mapped = failure['issue'] === null ? asList((await ask('GET', `/api/v1/mappings?group=${group}`))['items']) : [];
      const [finding] = mapped;
      const own = mapped.length === 0 ? undefined : jira.issues().find((issue) => isMadeFor(issue, part.name, group, mapped));
      if (own === undefined || finding === undefined) await ask('POST', `/api/v1/failures/${group}/retry`);
      else await ask('PUT', mappingPath(finding), { issueKey: own.key });
    }
  }
}

/** By its group, or by its findings: the analyzer of one may have been unknown then, or may be unknown now. */
function isMadeFor(
  issue: SimulatedIssue,
  installation: string,
  group: string,
  mapped: readonly Readonly<Record<string, unknown>>[],
): boolean {
  const property = ownProperty(issue);
  if (!isJsonObject(property) || property['installation'] !== installation) return false;
  const names = Array.isArray(property['findings']) ? property['findings'].flatMap((name) => partsOfKey(String(name)) ?? []) : [];
  return (
    property['group'] === group ||
    mapped.some(({ findingId, analyzerArn }) =>
      names.some((name) => name.findingId === findingId && isMaybe(name.analyzerArn, String(analyzerArn))),
    )
  );
}

function isMaybe(one: string, other: string): boolean {
  return one === other || one === UNKNOWN_ANALYZER || other === UNKNOWN_ANALYZER;
}

function mappingPath(mapping: Readonly<Record<string, unknown>>): string {
  const { findingId, analyzerArn } = mapping;
  return `/api/v1/mappings/${encodeURIComponent(String(findingId))}?analyzerArn=${encodeURIComponent(String(analyzerArn))}`;
}

/** Asks a process of the installation. */
function asker({ replicas }: InstallationParts) {
  const address = replicas.map((replica) => replica.address()).find((one) => one !== null) ?? '';
  return (method: string, path: string, body?: unknown) => askReplica(address, method, path, body);
}

function asList(items: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(items) ? items.map((item: unknown) => Object(item)) : [];
}
