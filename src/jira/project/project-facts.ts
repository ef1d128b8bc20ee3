import { getAllStatuses, getAssignedPermissionScheme, getIssue, getMyPermissions, getProject } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { Type, type Static, type TSchema } from 'typebox';
import type { Failure } from '../../issues/failure.ts';
import type { IssueStatus } from '../../issues/group-record.ts';
import { issueStatus } from './issue-status.ts';
import { KEEP_MS } from './create-meta.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { createKeptReads, type Got, type Turn } from '../rate/kept-reads.ts';
import { parseAnswer } from '../http/parse-answer.ts';
import { MyPermissions, PermissionGrants, ProjectAnswer, ProjectStatuses } from '../http/wire.ts';

/** What Jira says of a project to somebody who wants to know before anything is sent. `null`: it could not be asked, or does not tell. */
export interface ProjectFacts {
  /** `gone`: not there, or the account may not see it. */
  visible(projectKey: string, turn: Turn): Promise<'yes' | 'archived' | 'gone' | Failure | null>;
  /** Of `PERMISSIONS`, those that the account lacks. */
  lacking(projectKey: string, turn: Turn): Promise<readonly string[] | null>;
  /** What issues of a type can come to. @param maxAgeMs what is older is read again; kept for at most `KEEP_MS` */
  statuses(projectKey: string, issueType: string, turn: Turn, maxAgeMs: number): Promise<readonly IssueStatus[] | null>;
  /** Who may read it besides its own people: everybody on the internet, or everybody on the site. */
  openTo(projectKey: string, turn: Turn): Promise<'internet' | 'site' | 'members' | null>;
  /** Whether the account can see an issue. */
  hasIssue(key: string, turn: Turn): Promise<boolean | null>;
}

/** What the service may have to do in a project. Source: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-permissions/ */
export const PERMISSIONS = [
  'BROWSE_PROJECTS',
  'CREATE_ISSUES',
  'EDIT_ISSUES',
  'TRANSITION_ISSUES',
  'ADD_COMMENTS',
  'LINK_ISSUES',
  'ASSIGN_ISSUES',
  'SCHEDULE_ISSUES',
  'SET_ISSUE_SECURITY',
] as const;

/** Short: a person mends something in Jira and asks again. */
export const MEND_MS = 20_000;

const Seen = Type.Object({ id: Type.String() });

export function createProjectFacts({ ask, clock }: JiraCalls): ProjectFacts {
  const projects = createKeptReads<Static<typeof ProjectAnswer>>(clock, MEND_MS);
  const permissions = createKeptReads<Static<typeof MyPermissions>['permissions']>(clock, MEND_MS);
  const statuses = createKeptReads<Static<typeof ProjectStatuses>>(clock, KEEP_MS);
  const schemes = createKeptReads<Static<typeof PermissionGrants>>(clock, MEND_MS);
  const issues = createKeptReads<Static<typeof Seen>>(clock, MEND_MS);

  async function get<S extends TSchema>(schema: S, turn: Turn, call: (client: Client) => Promise<unknown>): Promise<Got<Static<S>>> {
    if (!(await turn())) return 'no-turn';
    return parseAnswer(schema, await ask(call), clock.now());
  }

  return {
    async visible(projectIdOrKey, turn) {
      const { got } = await projects.read(projectIdOrKey, MEND_MS, () =>
        get(ProjectAnswer, turn, (client) => getProject(client, { projectIdOrKey })),
      );
      if (got === 'no-turn') return null;
      if (!got.ok) return got.failure.code === 'jira-not-found' ? 'gone' : got.failure;
      return got.value.archived === true ? 'archived' : 'yes';
    },
    async lacking(projectKey, turn) {
      const call = (client: Client): Promise<unknown> => getMyPermissions(client, { projectKey, permissions: PERMISSIONS.join(',') });
      const { got } = await permissions.read(projectKey, MEND_MS, async () => {
        const said = await get(MyPermissions, turn, call);
        return said === 'no-turn' || !said.ok ? said : { ok: true, value: said.value.permissions };
      });
      return got === 'no-turn' || !got.ok ? null : PERMISSIONS.filter((name) => got.value[name]?.havePermission !== true);
    },
    async statuses(projectIdOrKey, issueType, turn, maxAgeMs) {
      const { got } = await statuses.read(projectIdOrKey, maxAgeMs, () =>
        get(ProjectStatuses, turn, (client) => getAllStatuses(client, { projectIdOrKey })),
      );
      const type = got === 'no-turn' || !got.ok ? undefined : got.value.find(({ name }) => name.toLowerCase() === issueType.toLowerCase());
      return type?.statuses.map(issueStatus) ?? null;
    },
    async openTo(projectKeyOrId, turn) {
      const call = (client: Client): Promise<unknown> => getAssignedPermissionScheme(client, { projectKeyOrId, expand: 'permissions' });
      const { got } = await schemes.read(projectKeyOrId, MEND_MS, () => get(PermissionGrants, turn, call));
      if (got !== 'no-turn' && got.ok) return readersOf(got.value);
      // Only who administers a project may read its scheme. Of one that a team manages, a member is told whether it is private.
      const known = (
        await projects.read(projectKeyOrId, MEND_MS, () =>
          get(ProjectAnswer, turn, (client) => getProject(client, { projectIdOrKey: projectKeyOrId })),
        )
      ).got;
      if (known === 'no-turn' || !known.ok || known.value.simplified !== true || known.value.isPrivate === undefined) return null;
      return known.value.isPrivate ? 'members' : 'site';
    },
    async hasIssue(issueIdOrKey, turn) {
      const { got } = await issues.read(issueIdOrKey, MEND_MS, () =>
        get(Seen, turn, (client) => getIssue(client, { issueIdOrKey, fields: ['status'] })),
      );
      if (got === 'no-turn') return null;
      return got.ok || (got.failure.code === 'jira-not-found' ? false : null);
    },
  };
}

/** Holder types: `anyone` is the internet; `applicationRole` without a parameter is whoever may sign in. */
function readersOf({ permissions }: Static<typeof PermissionGrants>): 'internet' | 'site' | 'members' {
  const holders = permissions.flatMap(({ permission, holder }) =>
    permission === 'BROWSE_PROJECTS' && holder !== undefined ? [holder.type] : [],
  );
  if (holders.includes('anyone')) return 'internet';
  return holders.includes('applicationRole') ? 'site' : 'members';
}
