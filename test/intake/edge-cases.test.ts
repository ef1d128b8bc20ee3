import { expect, test } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import { isJsonObject, type JsonObject } from '../../src/findings/json.ts';
import { mergeFinding } from '../../src/findings/merge-finding.ts';
import { severityOf } from '../../src/findings/severity.ts';
import { groupKey, type GroupBy } from '../../src/issues/group-key.ts';
import type { Accepted } from '../../src/pipeline/accept/accept-finding.ts';
import { externalEvent, internalEvent, unusedEvent, type EventOverrides } from '../support/findings/finding-events.ts';
import { finish } from '../support/service/finish.ts';
import {
  apiCallEvent,
  externalAsff,
  hubEvent,
  inspectorAsff,
  notification,
  ocsfEvent,
  previewEvent,
  subscriptionMessage,
  unusedAsff,
} from '../support/findings/message-shapes.ts';
import { readAll, readOne } from '../support/service/read-one.ts';
import { rulesOf } from '../support/findings/parsed.ts';
import { openSite } from '../support/service/site.ts';

/**
 * Everything odd that Access Analyzer is known to send, from the message to the issue: how it is read, merged and grouped, and whether an issue is
 * opened or closed. The texts of issues and the requests to AWS have tests of their own; a note says so.
 */

function findingIn(input: unknown): Finding {
  const part = readOne(typeof input === 'string' ? input : JSON.stringify(input));
  if (part.kind !== 'finding') throw new Error(`${part.because}: ${JSON.stringify({ ...part, body: '' })}`);
  return part.finding;
}

const reasonOf = (input: unknown): string => {
  const part = readOne(JSON.stringify(input));
  return part.kind === 'finding' ? part.kind : part.because;
};

const at = (minute: number): { updatedAt: string } => ({ updatedAt: `2026-03-02T10:${String(minute).padStart(2, '0')}:00Z` });

interface Bench {
  /** Accepts a message and reconciles until nothing is missing. */
  emit(event: JsonObject): Promise<Accepted>;
  /** Accepts a message, without a pass. */
  hear(event: JsonObject): Promise<Accepted>;
  reconcile(accepted: Accepted): Promise<void>;
  /** The statuses of all issues. */
  statuses(): readonly string[];
  /** The reason of the last step. */
  because(accepted: Accepted): Promise<string | null>;
  /** Calls to Jira so far. */
  calls(): number;
  issueOf(finding: Finding): Promise<string | null>;
}

async function bench(groupBy: GroupBy = 'finding'): Promise<Bench> {
  const site = await openSite();
  const rule = {
    id: 'all',
    match: { source: ['aws.access-analyzer'] },
    action: 'issue',
    groupBy,
    issue: { project: 'SEC', issueType: 'Task' },
  };
  const parts = await site.start({ rules: rulesOf([rule]) });
  const hear = (event: JsonObject): Promise<Accepted> => parts.accept(findingIn(event));
  const reconcile = async ({ group }: Accepted): Promise<void> => void (await finish(site, parts, group));
  return {
    hear,
    reconcile,
    async emit(event) {
      const accepted = await hear(event);
      await reconcile(accepted);
      return accepted;
    },
    statuses: () => site.jira.issues().map(({ status }) => status),
    because: async ({ group }) => (await parts.group(group))?.last?.because ?? null,
    calls: () => site.jira.history().length,
    issueOf: async ({ key }) => (await parts.record(key))?.mapping.issue?.key ?? null,
  };
}

const ROLE = {
  resource: 'arn:aws:iam::444455556666:role/Deploy',
  resourceType: 'AWS::IAM::Role',
  isPublic: false,
  action: ['sts:AssumeRole'],
};

/** One IAM role, as the analyzer of a Region sees it. */
function roleIn(region: string, analyzer: string, detail: EventOverrides['detail'] = {}): JsonObject {
  const analyzerArn = `arn:aws:access-analyzer:${region}:111122223333:analyzer/${analyzer}`;
  const id = `${region}-${analyzer}`;
  return externalEvent({ region, analyzerArn, detail: { ...ROLE, id, region, principal: { AWS: '999988887777' }, ...detail } });
}

const NOT_ANALYSED = { principal: undefined, action: undefined, condition: undefined, isPublic: undefined } as const;

const ROWS: Readonly<Record<number, readonly [what: string, holds: () => void | Promise<void>]>> = {
  1: [
    'the id is `findingId` of unused access and `id` of the others, never that of the envelope',
    () => {
      expect(findingIn(externalEvent({ id: 'envelope', detail: { id: 'own', findingId: 'other' } })).findingId).toBe('own');
      expect(findingIn(internalEvent({ id: 'envelope', detail: { id: 'own', findingId: 'other' } })).findingId).toBe('own');
      expect(findingIn(unusedEvent({ id: 'envelope', detail: { id: 'other', findingId: 'own' } })).findingId).toBe('own');
      expect(reasonOf(externalEvent({ id: 'envelope', detail: { id: undefined } }))).toBe('not-a-finding');
    },
  ],
  2: [
    'external access says no type of its own: the detail-type decides',
    () => {
      expect(findingIn(externalEvent())).toMatchObject({ kind: 'external', findingType: 'ExternalAccess' });
      expect(findingIn(externalEvent({ 'detail-type': 'Internal Access Finding' })).kind).toBe('internal');
      expect(findingIn(externalEvent({ detail: { findingType: 'UnusedIAMRole' } })).kind).toBe('external');
    },
  ],
  3: [
    'previews and calls to the API share the source, and are ignored',
    () => {
      expect(reasonOf(previewEvent())).toBe('access-preview');
      expect(reasonOf(apiCallEvent())).toBe('api-call');
    },
  ],
  4: [
    'the same id under another analyzer is another finding, with an issue of its own',
    async () => {
      const other = externalEvent({ analyzerArn: 'arn:aws:access-analyzer:us-west-2:999988887777:analyzer/Other' });
      expect(findingIn(other).key).not.toBe(findingIn(externalEvent()).key);
      const { emit, statuses } = await bench();
      await emit(externalEvent());
      await emit(other);
      expect(statuses()).toEqual(['To Do', 'To Do']);
    },
  ],
  5: [
    'an IAM role is found once in each Region: one issue, closed when all are gone',
    async () => {
      const { emit, statuses } = await bench('access');
      for (const region of ['us-east-1', 'eu-central-1']) await emit(roleIn(region, 'account'));
      await emit(roleIn('us-east-1', 'account', { status: 'RESOLVED', ...at(1) }));
      expect(statuses()).toEqual(['To Do']);
      await emit(roleIn('eu-central-1', 'account', { status: 'RESOLVED', ...at(1) }));
      expect(statuses()).toEqual(['Done']);
    },
  ],
  6: [
    'analyzers of an account and of the organization see the same access: one issue',
    async () => {
      const { emit, statuses, issueOf } = await bench('access');
      const [one, other] = [roleIn('us-east-1', 'account'), roleIn('us-east-1', 'organization')];
      await emit(one);
      await emit(other);
      expect(statuses()).toEqual(['To Do']);
      expect(await issueOf(findingIn(one))).toBe(await issueOf(findingIn(other)));
    },
  ],
  7: [
    "account and Region of the envelope are the analyzer's: the detail names the owner",
    () => {
      expect(findingIn(externalEvent()).accountId).toBe('444455556666');
      const queue = 'arn:aws:sqs:us-west-2:777788889999:q';
      expect(findingIn(externalEvent({ detail: { resource: queue } })).accountId).toBe('444455556666');
      for (const name of ['ResourceOwnerAccount', 'resourceOwnerAccount']) {
        expect(findingIn(hubEvent([externalAsff({ ProductFields: { [name]: '222222222222' } })])).accountId).toBe('222222222222');
      }
    },
  ],
  8: [
    "the resource of internal access is the resource, whatever AWS's text says of an analyzer",
    () => {
      const finding = findingIn(internalEvent());
      expect(finding).toMatchObject({ resource: 'arn:aws:s3:::critical-data', resourceType: 'AWS::S3::Bucket' });
      expect(finding.analyzerArn).not.toBe(finding.resource);
    },
  ],
  9: [
    'a message that is delivered twice is accepted once, under any id of the envelope, and costs no call',
    async () => {
      const { emit, statuses, calls } = await bench();
      await emit(externalEvent());
      const before = calls();
      expect((await emit(externalEvent())).because).toBe('same');
      expect((await emit(externalEvent({ id: 'sent-again' }))).because).toBe('same');
      expect(calls()).toBe(before);
      expect(statuses()).toEqual(['To Do']);
    },
  ],
  10: [
    'RESOLVED before ACTIVE: the late one opens nothing, and reopens nothing',
    async () => {
      const { emit, statuses } = await bench();
      await emit(externalEvent({ detail: { status: 'RESOLVED', ...at(5) } }));
      expect((await emit(externalEvent({ detail: at(1) }))).because).toBe('older');
      expect(statuses()).toEqual([]);
      const other = { id: 'other' };
      await emit(externalEvent({ detail: { ...other, ...at(1) } }));
      await emit(externalEvent({ detail: { ...other, status: 'RESOLVED', ...at(5) } }));
      await emit(externalEvent({ detail: { ...other, ...at(2) } }));
      expect(statuses()).toEqual(['Done']);
    },
  ],
  11: [
    'events are lost: a listing of AWS closes the issue, and fields that it lacks stay known',
    async () => {
      // The listing itself is for the tests of the sweep.
      const listed = externalEvent({
        time: '2026-03-02T11:00:00Z',
        detail: { ...NOT_ANALYSED, accountId: undefined, resourceOwnerAccount: '444455556666', status: 'RESOLVED', ...at(5) },
      });
      expect(mergeFinding(findingIn(externalEvent()), findingIn(listed)).finding).toMatchObject({
        status: 'RESOLVED',
        isPublic: true,
        principals: [{ value: '*' }],
        accountId: '444455556666',
      });
      const { emit, statuses } = await bench();
      await emit(externalEvent());
      await emit(listed);
      expect(statuses()).toEqual(['Done']);
    },
  ],
  12: [
    'a first event that is ARCHIVED or RESOLVED is recorded, and no issue is made',
    async () => {
      const { emit, statuses, because, calls } = await bench();
      const before = calls();
      for (const status of ['ARCHIVED', 'RESOLVED']) {
        const accepted = await emit(externalEvent({ detail: { id: status, status } }));
        expect([accepted.because, await because(accepted)]).toEqual(['new', 'never-opened']);
      }
      expect(statuses()).toEqual([]);
      expect(calls()).toBe(before);
    },
  ],
  13: [
    'ACTIVE and ARCHIVED within seconds: no issue, or one that is closed, depending on the first pass',
    async () => {
      const { emit, hear, reconcile, statuses } = await bench();
      await hear(externalEvent());
      await reconcile(await hear(externalEvent({ detail: { status: 'ARCHIVED', ...at(1) } })));
      expect(statuses()).toEqual([]);
      await emit(externalEvent({ detail: { id: 'other' } }));
      await emit(externalEvent({ detail: { id: 'other', status: 'ARCHIVED', ...at(1) } }));
      expect(statuses()).toEqual(['Done']);
    },
  ],
  14: [
    'deleted 90 days after RESOLVED: nothing happens',
    async () => {
      const { emit, statuses, calls, because } = await bench();
      await emit(externalEvent());
      await emit(externalEvent({ detail: { status: 'RESOLVED', ...at(1) } }));
      const before = calls();
      const accepted = await emit(
        externalEvent({ time: '2026-05-31T10:00:00Z', detail: { status: 'RESOLVED', isDeleted: true, ...at(1) } }),
      );
      expect(calls()).toBe(before);
      expect([accepted.because, await because(accepted), statuses()]).toEqual(['newer', 'already-closed', ['Done']]);
    },
  ],
  15: [
    'deleted while ACTIVE: its analyzer is gone, which is not called a fix; in a burst, too',
    async () => {
      const { emit, statuses, hear, reconcile } = await bench();
      const ids = Array.from({ length: 5 }, (_, index) => `finding-${index}`);
      for (const id of ids) await emit(externalEvent({ detail: { id } }));
      const deleted = await Promise.all(
        ids.map((id) => hear(externalEvent({ time: '2026-03-03T10:00:00Z', detail: { id, isDeleted: true } }))),
      );
      for (const accepted of deleted) await reconcile(accepted);
      expect(statuses()).toEqual(ids.map(() => 'Done'));
      expect(findingIn(externalEvent({ detail: { isDeleted: true } }))).toMatchObject({ status: 'ACTIVE', deleted: true });
    },
  ],
  16: [
    'an error finding lacks principals and actions: unknown is not no, and the issue is of low severity',
    async () => {
      const event = externalEvent({ detail: { ...NOT_ANALYSED, error: 'ACCESS_DENIED' } });
      const finding = findingIn(event);
      expect(finding).toMatchObject({ error: 'ACCESS_DENIED', isPublic: null, principals: [], actions: [], conditions: [] });
      expect(severityOf(finding)).toBe('low');
      const { emit, statuses } = await bench();
      await emit(event);
      expect(statuses()).toEqual(['To Do']);
    },
  ],
  17: [
    '`error: null` is none; new codes are accepted; an error of one principal keeps the principal',
    () => {
      expect(findingIn(externalEvent({ detail: { error: null } }))).toMatchObject({ error: null, isPublic: true });
      for (const error of ['PRINCIPAL_LIMIT_EXCEEDED', 'PRINCIPAL_ERRORS_LIMIT_EXCEEDED', 'SOMETHING_NEW']) {
        expect(findingIn(internalEvent({ detail: { ...NOT_ANALYSED, error } })).error).toBe(error);
      }
      const principal = { AWS: 'arn:aws:iam::444455556666:role/Reader' };
      const findingDetails = [{ internalAccessDetails: { principal, principalType: 'IAM_ROLE', accessType: 'INTRA_ACCOUNT' } }];
      const ofOne = findingIn(internalEvent({ detail: { ...NOT_ANALYSED, error: 'INTERNAL_ERROR', findingDetails } }));
      expect(ofOne.principals).toEqual([{ kind: 'AWS', value: principal.AWS }]);
      const ofAll = findingIn(internalEvent({ detail: { ...NOT_ANALYSED, error: 'INTERNAL_ERROR' } }));
      expect(groupKey(ofOne, 'access')).not.toBe(groupKey(ofAll, 'access'));
    },
  ],
  18: [
    'RESOLVED because the analysis broke: the error finding is another one, with an issue of its own',
    async () => {
      // The tests of comments check that the closed issue does not claim a fix.
      const { emit, statuses } = await bench('access');
      await emit(externalEvent());
      await emit(externalEvent({ detail: { id: 'error', ...NOT_ANALYSED, error: 'INTERNAL_ERROR', ...at(1) } }));
      await emit(externalEvent({ detail: { status: 'RESOLVED', ...at(1) } }));
      expect(statuses()).toEqual(['Done', 'To Do']);
    },
  ],
  19: [
    'an error that is fixed: resolved, deleted, or gone from the listing, the issue is closed',
    async () => {
      const { emit, statuses } = await bench();
      const error = { ...NOT_ANALYSED, error: 'ACCESS_DENIED' };
      for (const [id, end] of [
        ['resolved', { status: 'RESOLVED' }],
        ['deleted', { isDeleted: true }],
      ] as const) {
        await emit(externalEvent({ detail: { ...error, id } }));
        await emit(externalEvent({ detail: { ...error, id, ...end, ...at(1) } }));
      }
      expect(statuses()).toEqual(['Done', 'Done']);
    },
  ],
  20: [
    'a policy is edited: the old finding RESOLVED and a new one ACTIVE, in any order, on one issue where rules group by resource',
    async () => {
      // With other grouping the new issue names the old one, which is for the tests of successors.
      const old = (detail: EventOverrides['detail']): JsonObject => externalEvent({ detail: { id: 'old', ...detail } });
      const next = externalEvent({ detail: { id: 'new', action: ['s3:PutObject'], ...at(1) } });
      for (const events of [
        [old({ status: 'RESOLVED', ...at(1) }), next] as const,
        [next, old({ status: 'RESOLVED', ...at(1) })] as const,
      ]) {
        const { emit, statuses, issueOf } = await bench('resource');
        await emit(old({}));
        for (const event of events) await emit(event);
        expect(statuses()).toHaveLength(1);
        expect(statuses()).not.toContain('Done');
        expect(await issueOf(findingIn(next))).toBe('SEC-1');
      }
    },
  ],
  21: [
    'RESOLVED and ARCHIVED findings that are ACTIVE again open the same issue again',
    async () => {
      const { emit, statuses } = await bench();
      for (const status of ['RESOLVED', 'ARCHIVED']) {
        await emit(externalEvent({ detail: { id: status } }));
        await emit(externalEvent({ detail: { id: status, status, ...at(1) } }));
        await emit(externalEvent({ detail: { id: status, ...at(2) } }));
      }
      expect(statuses()).toHaveLength(2);
      expect(statuses()).not.toContain('Done');
    },
  ],
  22: [
    'principals in every form; public with one account seen; characters that mean something to others',
    () => {
      const values = (principal: unknown): readonly string[] =>
        findingIn(externalEvent({ detail: { principal } })).principals.map(({ value }) => value);
      const forms = ['*', '999988887777', 'arn:aws:iam::999988887777:root', 'arn:aws:sts::999988887777:assumed-role/r/s', 'a*[{_"\\'];
      for (const form of forms) {
        expect(values({ AWS: form })).toEqual([form]);
        expect(values([form])).toEqual([form]);
        expect(values(form)).toEqual([form]);
      }
      expect(values({ CanonicalUser: 'c', Federated: 'accounts.google.com' })).toEqual(['c', 'accounts.google.com']);
      const finding = findingIn(externalEvent({ detail: { isPublic: true, principal: { AWS: '999988887777' } } }));
      expect([finding.isPublic, severityOf(finding)]).toEqual([true, 'high']);
    },
  ],
  23: [
    'times with any number of digits and in any zone, none is UTC; analysed before it was created',
    () => {
      const updated = (updatedAt: string): string => findingIn(externalEvent({ detail: { updatedAt } })).updatedAt;
      const second = '2026-03-01T10:00:00';
      for (const end of ['Z', '.00Z', '.000Z', '.000000000Z', '+00:00', '.000000+00:00', '']) {
        expect(updated(`${second}${end}`)).toBe(`${second}.000000000Z`);
      }
      expect(updated('2026-03-01T12:00:00.5+02:00')).toBe(`${second}.500000000Z`);
      expect(findingIn(externalEvent({ detail: { analyzedAt: '2020-01-01T00:00:00Z' } })).createdAt).toBe(`${second}.000000000Z`);
    },
  ],
  24: [
    'every form of delivery, each finding by itself; a broken part does not stop the others',
    () => {
      const raw = JSON.stringify(externalEvent());
      const { detail } = externalEvent();
      expect(findingIn(notification(raw))).toEqual(findingIn(raw));
      expect(findingIn(JSON.stringify(raw))).toEqual(findingIn(raw));
      expect(findingIn(detail)).toMatchObject({ findingId: findingIn(raw).findingId, analyzerArn: 'unknown' });
      expect(readOne(subscriptionMessage('SubscriptionConfirmation'))).toMatchObject({ because: 'subscription-confirmation' });
      expect(reasonOf({ text: 'S3 bucket is open' })).toBe('not-an-event');
      expect(reasonOf(ocsfEvent({ name: 'IAM Access Analyzer' }))).toBe('ocsf-finding');
      const mixed = readAll(JSON.stringify(hubEvent([externalAsff(), inspectorAsff(), 'poison', unusedAsff()])));
      expect(mixed.map(({ kind }) => kind)).toEqual(['finding', 'ignored', 'unreadable', 'finding']);
      expect(mixed.map((part) => (part.kind === 'finding' ? part.finding.key : ''))).toEqual([
        findingIn(externalEvent()).key,
        '',
        '',
        findingIn(unusedEvent()).key,
      ]);
    },
  ],
  25: [
    'details from AWS may come late, in part or never: the finding is the same one, and its issue does not depend on them',
    async () => {
      // How AWS is asked, and what the issue says without an answer, is for the tests of details.
      const { emit, statuses } = await bench();
      const first = await emit(unusedEvent());
      expect(statuses()).toEqual(['To Do']);
      const findingDetails = [{ unusedPermissionDetails: { serviceNamespace: 'sqs' } }];
      const asked = await emit(unusedEvent({ time: '2026-03-01T10:06:00Z', detail: { findingDetails } }));
      expect(asked.group).toBe(first.group);
      expect(statuses()).toEqual(['To Do']);
      const { finding } = mergeFinding(findingIn(unusedEvent()), findingIn(unusedEvent({ detail: { findingDetails } })));
      // No list of actions: the whole service.
      expect(finding.unusedDetails).toEqual([{ kind: 'permission', serviceNamespace: 'sqs', lastAccessed: null, actions: null }]);
      // Another administrator's analyzer reports the same access under a new id.
      const moved = roleIn('us-east-1', 'of-the-new-administrator');
      expect(groupKey(findingIn(moved), 'access')).toBe(groupKey(findingIn(roleIn('us-east-1', 'organization')), 'access'));
    },
  ],
};

test('there are 25 of them', () => {
  expect(Object.keys(ROWS).map(Number)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
});

test.each(Object.entries(ROWS).map(([number, [what, holds]]) => ({ number, what, holds })))('$number: $what', async ({ holds }) => {
  await holds();
});

test('two access keys of one user are never one, with any grouping and from any source', () => {
  const keyOf = (findingId: string, accessKeyId: string): JsonObject =>
    unusedEvent({
      detail: {
        findingId,
        findingType: 'UnusedIAMUserAccessKey',
        resource: 'arn:aws:iam::444455556666:user/ci',
        resourceType: 'AWS::IAM::User',
        findingDetails: [{ unusedIamUserAccessKeyDetails: { accessKeyId } }],
      },
    });
  const events = [keyOf('one', 'AKIAIOSFODNN7EXAMPLE'), keyOf('two', 'AKIAI44QH8DHBEXAMPLE')];
  const asff = events.map(({ detail }) =>
    hubEvent([
      unusedAsff({ ProductFields: { findingId: isJsonObject(detail) ? detail['findingId'] : '', findingType: 'UnusedIAMUserAccessKey' } }),
    ]),
  );
  for (const by of ['finding', 'access', 'resource'] as const) {
    for (const shape of [events, events.map(({ detail }) => detail), asff]) {
      expect(new Set(shape.map((input) => groupKey(findingIn(input), by))).size).toBe(2);
    }
  }
});
