import { Type, type Static } from 'typebox';
import type { Json, JsonObject } from '../../findings/json.ts';
import { readFields } from '../jira/issue-fields.ts';
import type { JiraSite } from '../jira/jira-route.ts';
import { propertyRefusal } from '../jira/property-routes.ts';
import { EDITOR_ACCOUNT_ID, PERSON_ACCOUNT } from '../jira/sandbox-accounts.ts';
import { changedIssue, withProperty, type IssueChanges, type SimulatedIssue } from '../jira/simulated-issue.ts';
import { transitionChanges } from '../jira/transition-routes.ts';
import { statusNamed, pathTo } from '../jira/workflow.ts';

const Key = Type.String({ minLength: 1, maxLength: 255 });

/** An action of a person in Jira, in the body of `POST /sandbox/people`. */
export const PersonAction = Type.Union([
  Type.Object(
    { do: Type.Literal('transition'), key: Key, status: Type.String(), resolution: Type.Optional(Type.String()) },
    { additionalProperties: false },
  ),
  Type.Object({ do: Type.Literal('edit'), key: Key, fields: Type.Record(Type.String(), Type.Unknown()) }, { additionalProperties: false }),
  Type.Object({ do: Type.Literal('remove-label'), key: Key, label: Type.String() }, { additionalProperties: false }),
  Type.Object({ do: Type.Literal('clone'), key: Key }, { additionalProperties: false }),
  Type.Object({ do: Type.Literal('delete'), key: Key }, { additionalProperties: false }),
  Type.Object({ do: Type.Union([Type.Literal('hide'), Type.Literal('show')]), key: Key }, { additionalProperties: false }),
  Type.Object(
    { do: Type.Union([Type.Literal('hide-project'), Type.Literal('show-project')]), project: Key },
    { additionalProperties: false },
  ),
  Type.Object({ do: Type.Literal('move'), key: Key, project: Type.String() }, { additionalProperties: false }),
  Type.Object(
    { do: Type.Literal('write-property'), key: Key, property: Key, value: Type.Optional(Type.Unknown()) },
    { additionalProperties: false },
  ),
]);

export type PersonAction = Static<typeof PersonAction>;

/** The actions of a person in Jira. Each throws an error with a clear message when Jira would not offer it. */
export interface Person {
  /** Takes the shortest path through the workflow. @param resolution chosen by the person, such as `Won't Do` */
  transition(key: string, statusName: string, resolution?: string): SimulatedIssue;
  /** @param fields in the REST API's form */
  edit(key: string, fields: JsonObject): SimulatedIssue;
  removeLabel(key: string, label: string): SimulatedIssue;
  /** A copy made by the person, with the labels and without the properties. */
  clone(key: string): SimulatedIssue;
  delete(key: string): void;
  /** The API no longer shows it, as after a change of its security level: for a client it is as if it were deleted. */
  hide(key: string): void;
  /** Brings a hidden issue back. */
  show(key: string): void;
  /** The API no longer shows the issues of the project, and the project itself only where it was archived. */
  hideProject(projectKey: string, how?: 'gone' | 'archived'): void;
  showProject(projectKey: string): void;
  /** To another project: same id, another key, and the status of the same name, else the first one, of the other workflow. */
  move(key: string, projectKey: string): SimulatedIssue;
  /** Through the API, for which edit permission is enough. @param value undefined: removes the property */
  writeProperty(key: string, property: string, value?: Json): SimulatedIssue;
}

export function createPerson(site: JiraSite): Person {
  const { state } = site;
  const who = PERSON_ACCOUNT.accountId;

  const find = (key: string): SimulatedIssue => {
    const issue = state.issue(key);
    if (issue === null) throw new Error(`There is no issue ${key}`);
    return issue;
  };
  const change = (issue: SimulatedIssue, changes: IssueChanges): SimulatedIssue => {
    const changed = changedIssue(issue, changes, who, state.time());
    state.put(changed);
    return changed;
  };

  return {
    transition(key, statusName, resolution) {
      const issue = find(key);
      const way = pathTo(state.issueType(issue).workflow, issue.status, statusName);
      if (way === null) throw new Error(`There is no path for ${key} from ${issue.status} to ${statusName}`);
      const moved = way.reduce((so, transition) => change(so, transitionChanges(site, so, transition)), issue);
      return resolution === undefined ? moved : change(moved, { resolution });
    },
    edit(key, fields) {
      const issue = find(key);
      const project = state.project(issue.projectKey);
      if (project === null) throw new Error(`There is no project ${issue.projectKey}`);
      const { changes, messages, errors } = readFields(fields, project, state.people, null);
      const wrong = [...messages, ...Object.values(errors)];
      if (wrong.length > 0) throw new Error(wrong.join(' '));
      return change(issue, changes);
    },
    removeLabel(key, label) {
      const issue = find(key);
      return change(issue, { labels: issue.labels.filter((one) => one !== label) });
    },
    clone(key) {
      const issue = find(key);
      const at = state.time();
      const status = state.issueType(issue).workflow.statuses[0].name;
      const copy: SimulatedIssue = {
        ...issue,
        id: state.takeId(),
        key: state.takeKey(issue.projectKey),
        summary: `CLONE - ${issue.summary}`.slice(0, 255),
        formerKeys: [],
        status,
        resolution: null,
        // No service runs as this account: a clone by the account of a service would be its own issue.
        creator: EDITOR_ACCOUNT_ID,
        created: at,
        updated: at,
        properties: {},
        propertyWrites: [],
        comments: [],
        links: [],
        changelog: [],
      };
      state.put(copy);
      return copy;
    },
    delete: (key) => state.remove(find(key)),
    hide: (key) => void state.hiddenIssues.add(find(key).id),
    show: (key) => void state.hiddenIssues.delete(find(key).id),
    hideProject: (key, how = 'gone') => void state.hiddenProjects.set(key, how),
    showProject: (key) => void state.hiddenProjects.delete(key),
    move(key, projectKey) {
      const issue = find(key);
      const project = state.project(projectKey);
      const type = project?.issueTypes.find(({ name }) => name === issue.issueType);
      if (project === null || type === undefined)
        throw new Error(`There is no project ${projectKey} with the issue type ${issue.issueType}`);
      const moved = { ...issue, formerKeys: [...issue.formerKeys, issue.key] };
      return change(moved, {
        key: state.takeKey(project.key),
        projectKey: project.key,
        status: statusNamed(type.workflow, issue.status).name,
      });
    },
    writeProperty(key, property, value) {
      const refused = value === undefined ? null : propertyRefusal(property, value);
      if (refused !== null) throw new Error(refused);
      const write = { who: EDITOR_ACCOUNT_ID, key: property };
      const written = withProperty(find(key), value === undefined ? write : { ...write, value });
      state.put(written);
      return written;
    },
  };
}
