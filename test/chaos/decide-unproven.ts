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
      const own = failure['issue'] === null ? jira.issues().find((issue) => isMadeFor(issue, part.name, group)) : undefined;
      const [finding] = own === undefined ? [] : asList((await ask('GET', `/api/v1/mappings?group=${group}`))['items']);
      if (own === undefined || finding === undefined) await ask('POST', `/api/v1/failures/${group}/retry`);
      else await ask('PUT', mappingPath(finding), { issueKey: own.key });
    }
  }
}

function isMadeFor(issue: SimulatedIssue, installation: string, group: string): boolean {
  const property = ownProperty(issue);
  return property !== undefined && isJsonObject(property) && property['installation'] === installation && property['group'] === group;
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
