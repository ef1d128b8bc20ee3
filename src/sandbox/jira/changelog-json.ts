import type { JsonObject } from '../../findings/json.ts';
import { jiraTime, userJson } from './issue-json.ts';
import type { JiraSite } from './jira-route.ts';
import type { Change, SimulatedIssue } from './simulated-issue.ts';

/** The id and the name of a field in a history. */
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
 * The history that comes with an issue: the newest entries up to a limit, and the total number.
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
      items: [first, ...others].map(({ field, other = '', from, to }) => ({
        ...(field === 'otherFields' ? { fieldId: other, field: other === 'components' ? 'Component' : other } : NAMES[field]),
        fieldtype: 'jira',
        from: null,
        fromString: from,
        to: null,
        toString: to,
      })),
    })),
  };
}

interface Entry {
  readonly id: number;
  readonly changes: readonly [Change, ...Change[]];
}

/** The changes of one account at one moment are one entry. */
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
