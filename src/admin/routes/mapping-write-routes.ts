import { Type } from 'typebox';
import type { GroupRecord } from '../../issues/group-record.ts';
import { auditWrite, type AskedBy } from '../../pipeline/records/audit.ts';
import type { Alongside } from '../../pipeline/groups/change-group.ts';
import { countFindings } from '../../pipeline/records/find-findings.ts';
import type { FindingRecord } from '../../pipeline/records/finding-record.ts';
import type { Linked, LinkIssue } from '../../pipeline/admin-actions/link-issue.ts';
import type { Operations } from '../../pipeline/operations/operations.ts';
import { HELD } from '../../pipeline/admin-actions/release-held.ts';
import type { ReconcileNow } from '../../pipeline/admin-actions/reconcile-now.ts';
import type { Store } from '../../pipeline/ports/store.ts';
import type { UnlinkIssue } from '../../pipeline/admin-actions/unlink-issue.ts';
import type { AdminApp } from '../admin-app.ts';
import { askedBy, callerOf } from '../asked-by.ts';
import { DryRun, Planned } from './bulk.ts';
import { findFinding } from './find-finding.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { filterTerms, FILTERS, OneParams, OneQuery } from './mapping-query.ts';
import { Mapping, toMappingWithHistory } from './mapping.ts';
import { startOperation, Started } from './operation.ts';
import { RequestRefused } from '../problem.ts';

const Link = Type.Object(
  { issueKey: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]*-[1-9][0-9]*$', maxLength: 255, description: 'Such as SEC-1' }) },
  { additionalProperties: false },
);

const { state: _, ...RELEASE_FILTERS } = FILTERS;
const Release = Type.Object(
  { filter: Type.Object(RELEASE_FILTERS, { additionalProperties: false, description: 'Which held findings; {}: all' }), dryRun: DryRun },
  { additionalProperties: false },
);

/** Time limit for an answer that needs Jira, ms. Its route sets `asksJira`, so that the store is not blamed for a late answer. */
const JIRA_HANDLER_TIMEOUT_MS = 20_000;

export interface MappingWriteRoutesDeps {
  readonly store: Store;
  readonly operations: Operations;
  readonly issueUrl: (key: string) => string;
  readonly linkIssue: LinkIssue;
  readonly unlinkIssue: UnlinkIssue;
  readonly reconcileNow: ReconcileNow;
}

const ONE = ['mapping-not-found', 'ambiguous-finding'] as const;

/** Admin actions on a mapping. They change the finding's whole group. */
export function addMappingWriteRoutes(app: AdminApp, deps: MappingWriteRoutesDeps): void {
  const { store, issueUrl } = deps;
  const tags = ['mappings'];
  const one = { tags, params: OneParams, querystring: OneQuery, response: { 200: Mapping } };

  /** Read again: a pass may have followed the change. */
  async function shown({ finding }: FindingRecord): Promise<Mapping> {
    return toMappingWithHistory(await findFinding(store, finding.findingId, finding.analyzerArn), { issueUrl, now: await store.now() });
  }

  app.put(
    '/api/v1/mappings/:findingId',
    {
      schema: { ...one, summary: 'Link the finding to an existing issue', operationId: 'linkMapping', body: Link },
      handlerTimeout: JIRA_HANDLER_TIMEOUT_MS,
      config: {
        access: 'operator',
        asksJira: true,
        problems: [...ONE, 'issue-not-found', 'issue-serves-another-group', 'jira-unavailable'],
      },
    },
    async (request) => {
      const { issueKey } = request.body;
      const record = await findFinding(store, request.params.findingId, request.query.analyzerArn);
      const change = changed(askedBy(request), 'mapping.linked', record);
      const linked = await deps.linkIssue(record.group, issueKey, callerOf(request).name, change);
      if (!linked.ok) refuseLink(linked, issueKey);
      return shown(record);
    },
  );

  app.delete(
    '/api/v1/mappings/:findingId',
    {
      schema: { ...one, summary: 'Unlink the issue from the finding; it stays in Jira', operationId: 'unlinkMapping' },
      config: { access: 'operator', problems: [...ONE, 'no-issue-to-unlink'] },
    },
    async (request) => {
      const record = await findFinding(store, request.params.findingId, request.query.analyzerArn);
      const change = changed(askedBy(request), 'mapping.unlinked', record);
      const unlinked = await deps.unlinkIssue(record.group, callerOf(request).name, change);
      if (!unlinked.ok) throw new RequestRefused('no-issue-to-unlink', 'The finding has no issue that could be taken away');
      return shown(record);
    },
  );

  app.post(
    '/api/v1/mappings/:findingId/reconcile',
    {
      schema: { ...one, summary: 'Reconcile the finding now', operationId: 'reconcileMapping' },
      config: { access: 'operator', problems: ONE },
    },
    async (request) => {
      const record = await findFinding(store, request.params.findingId, request.query.analyzerArn);
      await deps.reconcileNow(record.group, callerOf(request).name, changed(askedBy(request), 'mapping.reconciled', record));
      return shown(record);
    },
  );

  const release = {
    tags,
    summary: 'Release held findings, whatever pause or limit holds them',
    operationId: 'releaseMappings',
    body: Release,
    headers: IdempotencyHeaders,
    response: { 200: Planned, 202: Started },
  };
  app.post(
    '/api/v1/mappings/release',
    { schema: release, config: { access: 'operator', problems: ['idempotency-key-reused'] } },
    async (request, reply) => {
      const { filter, dryRun } = request.body;
      const terms = [HELD, ...filterTerms(filter)];
      if (dryRun === true) return reply.send({ dryRun, count: await countFindings(store, terms) });
      const audit = { action: 'mappings.released', target: 'mappings', after: { filter } };
      return startOperation(deps, request, reply, { kind: 'release', input: terms, ...audit });
    },
  );
}

/** A link that exists already is no error. */
function refuseLink(linked: Exclude<Linked, { ok: true }>, issueKey: string): void {
  switch (linked.because) {
    case 'already-linked':
      return;
    case 'no-such-group':
      throw new RequestRefused('mapping-not-found', 'The finding went to another group a moment ago; ask again');
    case 'serves-another-group': {
      const { group, finding } = linked;
      const named = finding === null ? `the group ${group}` : `the finding ${finding.findingId} (group ${group})`;
      const holder = group === null ? null : { group, findingId: finding?.findingId ?? null, analyzerArn: finding?.analyzerArn ?? null };
      throw new RequestRefused('issue-serves-another-group', `${issueKey} belongs to ${group === null ? 'another installation' : named}`, {
        holder,
      });
    }
    case 'jira-failed': {
      const { code, message, words, retry } = linked.failure;
      if (code === 'jira-not-found') throw new RequestRefused('issue-not-found', `Jira shows no issue ${issueKey} to our account`);
      const retryAfterS = retry.when === 'after' ? { retryAfterS: Math.ceil(retry.afterMs / 1_000) } : {};
      throw new RequestRefused('jira-unavailable', `${message}${words === null ? '' : ` (${words})`}; nothing was changed`, retryAfterS);
    }
    default:
      return linked satisfies never;
  }
}

/** The audit entry of a change to the finding's group. */
function changed(by: AskedBy, action: string, { finding }: FindingRecord): Alongside {
  return (before, after, now) => [
    auditWrite(by, { action, target: finding.findingId, before: auditOf(before), after: auditOf(after) }, now),
  ];
}

function auditOf({ group, issue, unlinked, attempts }: GroupRecord) {
  return { group, issueKey: issue?.key ?? null, unlinked: unlinked === true, attempts };
}
