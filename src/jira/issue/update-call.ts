import { editIssue, getIssue, setIssueProperty } from '../http/jira-js.ts';
import { Check } from 'typebox/value';
import type { JsonObject } from '../../findings/json.ts';
import type { Failure } from '../../issues/failure.ts';
import { MarkerProperty, PROPERTY_KEY } from '../../issues/marker.ts';
import type { IssueDraft } from '../../issues/issue-draft.ts';
import { digestOf, writtenAfter, type UpdatedField } from '../../issues/written.ts';
import type { IssueUpdate, UpdateOutcome } from '../../pipeline/ports/issue-tracker.ts';
import type { IssueRef } from '../../pipeline/ports/issue-ref.ts';
import { changedBy, type Hand } from './changed-by.ts';
import { isDone } from '../http/is-done.ts';
import { isForeign } from './is-foreign.ts';
import { updateFields } from '../fields/issue-fields.ts';
import { issueStatus } from '../project/issue-status.ts';
import type { CreateScreen } from '../project/create-screen.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { failureOf } from '../http/outcome-table.ts';
import type { OwnAccount } from '../project/own-account.ts';
import { aboutIssue, parseAnswer } from '../http/parse-answer.ts';
import { IssueWithChangelog } from '../http/wire.ts';

/** The name of each field in Jira. */
const JIRA_FIELDS: Readonly<Record<UpdatedField, string>> = {
  summary: 'summary',
  description: 'description',
  priority: 'priority',
  dueDate: 'duedate',
  components: 'components',
  labels: 'labels',
};

const FIELDS = ['status', 'creator', 'project', 'labels', 'summary', 'duedate', 'components'];

/** These mean the same in every project; priorities and components are a project's own. */
const OF_ANY_PROJECT: readonly UpdatedField[] = ['summary', 'description', 'dueDate', 'labels'];

/** Fields whose values have ids that only the project tells. */
const BY_ID: readonly UpdatedField[] = ['priority', 'components'];

/** The create screen for a draft; null: it can't be read. */
export type ScreenOf = (draft: IssueDraft) => Promise<CreateScreen | null>;

/** One read and at most one write. A person's changes stay; nothing is written to a closed issue. */
export async function updateCall(
  calls: JiraCalls,
  account: OwnAccount,
  screenOf: ScreenOf,
  issue: IssueRef,
  update: IssueUpdate,
): Promise<UpdateOutcome> {
  const self = await account.id();
  if (!self.ok) return { outcome: 'failed', failure: self.failure };
  const request = { issueIdOrKey: issue.id, fields: FIELDS, properties: [PROPERTY_KEY], expand: 'changelog' };
  const answer = await calls.ask((client) => getIssue(client, request));
  const read = aboutIssue(parseAnswer(IssueWithChangelog, answer, calls.clock.now()), issue.id);
  if (!read.ok) return { outcome: 'failed', failure: read.failure };
  const { value } = read;
  const current = { issue: { id: value.id, key: value.key }, status: issueStatus(value.fields.status) };
  if (current.status.category === 'done')
    return { outcome: 'closed', ...current, byPerson: changedBy(value.changelog, 'status', self.accountId) !== 'ours' };

  const hands = new Map(update.fields.map((field): [UpdatedField, Hand] => [field, handOn(value, field, self.accountId)]));
  const isOurs = (field: UpdatedField): boolean =>
    hands.get(field) === 'ours' || (hands.get(field) === 'unclear' && isAsSent(value, update, field));
  const stayed = value.fields.project.key === update.draft.projectKey;
  // Edit permission is enough to write a property, so another's is respected only on an issue that another account created.
  const isOurMaking = value.fields.creator?.accountId === self.accountId;
  const open =
    !isOurMaking && isForeign(value.properties?.[PROPERTY_KEY], update.marker.property)
      ? []
      : update.fields.filter((field) => isOurs(field) && (stayed || OF_ANY_PROJECT.includes(field)));
  const theirs = update.fields.filter((field) => !open.includes(field));
  const screen = open.some((field) => BY_ID.includes(field)) ? await screenOf(update.draft) : null;
  const values = updateFields(update.draft, screen);
  // Fields that the project does not take are left out.
  const sent = open.filter((field) => field === 'labels' || Object.hasOwn(values, JIRA_FIELDS[field]));
  const failure = await send(calls, value.id, loadOf(value, update, values, sent, theirs));
  return failure === null ? { outcome: 'updated', ...current, sent, theirs } : { outcome: 'failed', failure };
}

function handOn({ fields, changelog }: IssueWithChangelog, field: UpdatedField, ownAccount: string): Hand {
  const hand = changedBy(changelog, JIRA_FIELDS[field], ownAccount);
  if (hand !== 'nobody') return hand;
  return fields.creator?.accountId === ownAccount ? 'ours' : 'theirs';
}

/** Where the history is unclear: whether the value is the one that we sent, as far as Jira returns it unchanged. */
function isAsSent({ fields }: IssueWithChangelog, { marker, written }: IssueUpdate, field: UpdatedField): boolean {
  const labels = (fields.labels ?? []).filter((label) => label !== marker.label);
  const components = (fields.components ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]));
  const comparable: readonly UpdatedField[] = ['summary', 'dueDate', 'labels', 'components'];
  const current = { summary: fields.summary ?? '', dueDate: fields.duedate ?? null, labels, components };
  return comparable.includes(field) && digestOf(current, field) === written[field];
}

function loadOf(
  value: IssueWithChangelog,
  update: IssueUpdate,
  values: Readonly<Record<string, unknown>>,
  sent: readonly UpdatedField[],
  theirs: readonly UpdatedField[],
): Load {
  const ids = sent.filter((field) => field !== 'labels').map((field) => JIRA_FIELDS[field]);
  const fields = Object.fromEntries(ids.map((id) => [id, values[id]]));
  const labels = sent.includes('labels') ? labelChanges(value.fields.labels ?? [], [...update.draft.labels, update.marker.label]) : [];
  return { fields, labels, property: propertyOf(value, update, theirs) };
}

/** As single changes, so that a label that a person adds meanwhile stays. */
function labelChanges(current: readonly string[], wanted: readonly string[]): Readonly<Record<string, string>>[] {
  return [
    ...wanted.filter((label) => !current.includes(label)).map((add) => ({ add })),
    ...current.filter((label) => !wanted.includes(label)).map((remove) => ({ remove })),
  ];
}

/** The property to write; null: it is up to date already, or another's. */
function propertyOf(value: IssueWithChangelog, update: IssueUpdate, theirs: readonly UpdatedField[]): JsonObject | null {
  const { marker, written, draft } = update;
  const current = value.properties?.[PROPERTY_KEY];
  if (isForeign(current, marker.property)) return null;
  const known = Check(MarkerProperty, current) ? current : null;
  const { findings, ...rest } = marker.property;
  const wanted = {
    ...rest,
    ...(known === null ? {} : { attempt: known.attempt }),
    ...(known?.linked === true ? { linked: true } : {}),
    findings: [...findings],
    written: { ...writtenAfter(written, draft, update.fields, theirs) },
  };
  // Part by part: an editor of the issue may have put other parts beside them.
  const stored: Readonly<Record<string, unknown>> = known ?? {};
  return Object.entries(wanted).every(([part, one]) => JSON.stringify(stored[part]) === JSON.stringify(one)) ? null : wanted;
}

interface Load {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly labels: readonly Readonly<Record<string, string>>[];
  readonly property: JsonObject | null;
}

/** The property goes with the fields; without fields, it has a request of its own. */
async function send(
  { ask, governor, clock }: JiraCalls,
  issueIdOrKey: string,
  { fields, labels, property }: Load,
): Promise<Failure | null> {
  const hasFields = Object.keys(fields).length > 0 || labels.length > 0;
  if (!hasFields && property === null) return null;
  await governor.another();
  const edit = {
    issueIdOrKey,
    ...(Object.keys(fields).length === 0 ? {} : { fields: { ...fields } }),
    ...(labels.length === 0 ? {} : { update: { labels: labels.map((change) => ({ ...change })) } }),
    ...(property === null ? {} : { properties: [{ key: PROPERTY_KEY, value: property }] }),
  };
  const answer = await ask((client) =>
    hasFields ? editIssue(client, edit) : setIssueProperty(client, { issueIdOrKey, propertyKey: PROPERTY_KEY, body: property ?? {} }),
  );
  return isDone(answer, hasFields ? 'edit' : 'property') ? null : failureOf(answer, clock.now());
}
