import { getAllStatuses, getAssignedPermissionScheme, getIssue, getMyPermissions, getProject } from '../http/jira-js.ts';
import type { Client } from 'jira.js/core';
import { Type, type Static, type TSchema } from 'typebox';
import type { Failure } from '../../issues/failure.ts';
import { KEEP_MS, type CreateMeta } from './create-meta.ts';
import { namedSo } from './match-name.ts';
import { named, namedStatus, type Named, type NamedStatus } from './issue-status.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { createKeptReads, type Got, type AcquirePermit } from '../rate/kept-reads.ts';
import { parseAnswer } from '../http/parse-answer.ts';
import { MyPermissions, PermissionGrants, ProjectAnswer, ProjectStatuses, ResolutionPage } from '../http/wire.ts';

/** What Jira says of a project before anything is sent there. `null`: it could not be asked, or does not say. */
export interface ProjectFacts {
  /** `gone`: there is none, or the account may not see it. */
  visible(projectKey: string, acquire: AcquirePermit): Promise<'yes' | 'archived' | 'gone' | Failure | null>;
  /** Of `PERMISSIONS`, those that the account lacks. */
  lacking(projectKey: string, acquire: AcquirePermit): Promise<readonly string[] | null>;
  /** The statuses that issues of a type can have. @param maxAgeMs an older answer is read again; kept for at most `KEEP_MS` */
  statuses(projectKey: string, issueType: string, acquire: AcquirePermit, maxAgeMs: number): Promise<readonly NamedStatus[] | null>;
  /** The resolutions of the site; null also where there are more than a page holds. */
  resolutions(acquire: AcquirePermit): Promise<readonly Named[] | null>;
  /** Who may read it besides its members: anyone on the internet, or every user of the site. */
  openTo(projectKey: string, acquire: AcquirePermit): Promise<'internet' | 'site' | 'members' | null>;
  /** Whether the account can see an issue. */
  hasIssue(key: string, acquire: AcquirePermit): Promise<boolean | null>;
}

/**
 * The permissions that the service may need in a project.
 * Source: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-permissions/
 */
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

/** Short: an admin fixes something in Jira and checks again. */
export const FIX_MS = 20_000;

/** More resolutions than a site has. */
const PAGE = { maxResults: 200 };

const Seen = Type.Object({ id: Type.String() });

export function createProjectFacts({ ask, clock }: JiraCalls, meta: Pick<CreateMeta, 'typeId'>): ProjectFacts {
  const projects = createKeptReads<Static<typeof ProjectAnswer>>(clock, FIX_MS);
  const permissions = createKeptReads<Static<typeof MyPermissions>['permissions']>(clock, FIX_MS);
  const statuses = createKeptReads<Static<typeof ProjectStatuses>>(clock, KEEP_MS);
  const resolutions = createKeptReads<Static<typeof ResolutionPage>>(clock, FIX_MS);
  const schemes = createKeptReads<Static<typeof PermissionGrants>>(clock, FIX_MS);
  const issues = createKeptReads<Static<typeof Seen>>(clock, FIX_MS);

  async function get<S extends TSchema>(
    schema: S,
    acquire: AcquirePermit,
    call: (client: Client) => Promise<unknown>,
  ): Promise<Got<Static<S>>> {
    if (!(await acquire())) return 'no-permit';
    return parseAnswer(schema, await ask(call), clock.now());
  }

  return {
    async visible(projectIdOrKey, acquire) {
      const { got } = await projects.read(projectIdOrKey, FIX_MS, () =>
        get(ProjectAnswer, acquire, (client) => getProject(client, { projectIdOrKey })),
      );
      if (got === 'no-permit') return null;
      if (!got.ok) return got.failure.code === 'jira-not-found' ? 'gone' : got.failure;
      return got.value.archived === true ? 'archived' : 'yes';
    },
    async lacking(projectKey, acquire) {
      const call = (client: Client): Promise<unknown> => getMyPermissions(client, { projectKey, permissions: PERMISSIONS.join(',') });
      const { got } = await permissions.read(projectKey, FIX_MS, async () => {
        const parsed = await get(MyPermissions, acquire, call);
        return parsed === 'no-permit' || !parsed.ok ? parsed : { ok: true, value: parsed.value.permissions };
      });
      return got === 'no-permit' || !got.ok ? null : PERMISSIONS.filter((name) => got.value[name]?.havePermission !== true);
    },
    async statuses(projectIdOrKey, issueType, acquire, maxAgeMs) {
      const { got } = await statuses.read(projectIdOrKey, maxAgeMs, () =>
        get(ProjectStatuses, acquire, (client) => getAllStatuses(client, { projectIdOrKey })),
      );
      if (got === 'no-permit' || !got.ok) return null;
      const types = got.value.map(({ id = null, name, ...type }) => ({ ...type, id, label: name }));
      const [named] = namedSo(types, issueType);
      // Not every answer has the untranslated name of a type.
      const id = named === undefined ? await meta.typeId(projectIdOrKey, issueType, acquire) : null;
      const type = named ?? types.find((one) => id !== null && one.id === id);
      return type?.statuses.map(namedStatus) ?? null;
    },
    async resolutions(acquire) {
      const { got } = await resolutions.read('', FIX_MS, () =>
        get(ResolutionPage, acquire, (client) =>
          client.sendRequest({ url: '/rest/api/3/resolution/search', method: 'GET', searchParams: PAGE }),
        ),
      );
      return got === 'no-permit' || !got.ok || got.value.isLast === false ? null : got.value.values.map(named);
    },
    async openTo(projectKeyOrId, acquire) {
      const call = (client: Client): Promise<unknown> => getAssignedPermissionScheme(client, { projectKeyOrId, expand: 'permissions' });
      const { got } = await schemes.read(projectKeyOrId, FIX_MS, () => get(PermissionGrants, acquire, call));
      if (got !== 'no-permit' && got.ok) return readersOf(got.value);
      // Only a project's administrators may read its scheme. A member of a team-managed project sees whether it is private.
      const known = (
        await projects.read(projectKeyOrId, FIX_MS, () =>
          get(ProjectAnswer, acquire, (client) => getProject(client, { projectIdOrKey: projectKeyOrId })),
        )
      ).got;
      if (known === 'no-permit' || !known.ok || known.value.simplified !== true || known.value.isPrivate === undefined) return null;
      return known.value.isPrivate ? 'members' : 'site';
    },
    async hasIssue(issueIdOrKey, acquire) {
      const { got } = await issues.read(issueIdOrKey, FIX_MS, () =>
        get(Seen, acquire, (client) => getIssue(client, { issueIdOrKey, fields: ['status'] })),
      );
      if (got === 'no-permit') return null;
      return got.ok || (got.failure.code === 'jira-not-found' ? false : null);
    },
  };
}

/** Holder types: `anyone` is the internet; `applicationRole` is every user with access to a product of the site. */
function readersOf({ permissions }: Static<typeof PermissionGrants>): 'internet' | 'site' | 'members' {
  const holders = permissions.flatMap(({ permission, holder }) =>
    permission === 'BROWSE_PROJECTS' && holder !== undefined ? [holder.type] : [],
  );
  if (holders.includes('anyone')) return 'internet';
  return holders.includes('applicationRole') ? 'site' : 'members';
}
