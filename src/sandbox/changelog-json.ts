import { isJsonObject, type JsonObject } from '../findings/json.ts';
import { jiraTime, userJson } from './issue-json.ts';
import type { JiraSite } from './jira-route.ts';
import type { Change, SimulatedIssue } from './simulated-issue.ts';

/** What a field is called in a history: its id, and the name that stands beside it. */
const NAMES: Readonly<Record<Exclude<Change['field'], 'otherFields'>, { readonly fieldId: string; readonly field: string }>> = {
  key: { fieldId: 'issuekey', field: 'Key' },
  projectKey: { fieldId: 'project', field: 'project' },
  status: { fieldId: 'status', field: 'status' },
  resolution: { fieldId: 'resolution', field: 'resolution' },
  summary: { fieldId: 'summary', field: 'summary' },
  description: { fieldId: 'description', field: 'description' },
  labels: { fieldId: 'labels', field: 'labels' },
  priority: { fieldId: 'priority', field: 'priority' },
  dueDate: { fieldId: 'duedate', field: 'duedate' },
  assignee: { fieldId: 'assignee', field: 'assignee' },
};

/**
 * The history of an issue as it comes with the issue: the newest entries, of which there is a limit, and how many there are in all.
 * Source: schemas `PageOfChangelogs` and `Changelog` of Atlassian's OpenAPI document.
 */
export function changelogJson(site: JiraSite, issue: SimulatedIssue): JsonObject {
  const entries = entriesOf(issue.changelog);
  const shown = entries.toReversed().slice(0, site.faults.changelogEntries);
  return {
    startAt: 0,
    maxResults: shown.length,
    total: entries.length,
    histories: shown.map(({ id, changes: [first, ...others] }) => ({
      id: String(id),
      author: userJson(site, first.who),
      created: jiraTime(first.at),
      items: [first, ...others].flatMap(itemsOf),
    })),
  };
}

/** Other fields are kept as one; each of them that is another one now has an item of its own. */
function itemsOf({ field, from, to }: Change): JsonObject[] {
  if (field !== 'otherFields') return [item(NAMES[field], from, to)];
  const [before, after] = [objectOf(from), objectOf(to)];
  return Object.keys({ ...before, ...after }).flatMap((fieldId) => {
    const [was, is] = [JSON.stringify(before[fieldId] ?? null), JSON.stringify(after[fieldId] ?? null)];
    return was === is ? [] : [item({ fieldId, field: fieldId === 'components' ? 'Component' : fieldId }, was, is)];
  });
}

function item(name: { readonly fieldId: string; readonly field: string }, from: string | null, to: string | null): JsonObject {
  return { ...name, fieldtype: 'jira', from: null, fromString: from, to: null, toString: to };
}

function objectOf(said: string | null): JsonObject {
  const value: unknown = JSON.parse(said ?? '{}');
  return isJsonObject(value) ? value : {};
}

interface Entry {
  readonly id: number;
  readonly changes: readonly [Change, ...Change[]];
}

/** What one account changed at one moment is one entry. */
function entriesOf(changelog: readonly Change[]): Entry[] {
  const entries: Entry[] = [];
  for (const change of changelog) {
    const last = entries.at(-1);
    if (last !== undefined && last.changes[0].who === change.who && last.changes[0].at === change.at)
      entries[entries.length - 1] = { ...last, changes: [...last.changes, change] };
    else entries.push({ id: entries.length + 1, changes: [change] });
  }
  return entries;
}
