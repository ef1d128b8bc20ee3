import type { SimulatedIssue } from '../../../src/sandbox/jira/simulated-issue.ts';
import type { Site } from '../service/site.ts';

/** An issue that a person created: a copy of one of ours, without its labels. */
export function handMadeIssue(site: Site): SimulatedIssue {
  const { key, labels } = site.jira.person.clone('SEC-1');
  for (const label of labels) site.jira.person.removeLabel(key, label);
  return issueOf(site, key);
}

export function issueOf(site: Site, key: string): SimulatedIssue {
  const found = site.jira.issues().find((one) => one.key === key);
  if (found === undefined) throw new Error(`There is no ${key}`);
  return found;
}

/** Every issue with its status, such as `SEC-1 To Do`. */
export function statuses(site: Site): readonly string[] {
  return site.jira.issues().map(({ key, status }) => `${key} ${status}`);
}
