import type { Failure } from '../../issues/failure.ts';
import type { IssueDraft } from '../../issues/issue-draft.ts';
import { isPerson } from '../../rules/rule-words.ts';
import type { Note, Prepared } from '../../pipeline/ports/issue-tracker.ts';
import { FRESH_MS, KEEP_MS, type CreateMeta, type ScreenRead } from '../project/create-meta.ts';
import type { CreateScreen } from '../project/create-screen.ts';
import { withIds } from '../project/match-name.ts';
import { peopleIn } from './field-value.ts';
import type { FieldProblem } from './field-problem.ts';
import { issueFields, refusedDraft, type DraftPeople } from './issue-fields.ts';
import { fieldNamed, givenValue, type FilledBy } from './other-fields.ts';
import type { AcquirePermit } from '../rate/kept-reads.ts';
import type { PeopleBook } from '../project/people-book.ts';
import { oneOf } from './value-forms.ts';

/** The dependencies of preparing a draft. */
export interface Preparing {
  readonly meta: CreateMeta;
  readonly people: PeopleBook;
  readonly acquire: AcquirePermit;
}

/**
 * Reads the project's create screen, where it is not known, and makes Jira's fields of the draft. Where the screen can't be read, names go
 * out as names. A draft is only refused by a fresh read.
 */
export async function prepareCall(preparing: Preparing, draft: IssueDraft, fresh: boolean): Promise<Prepared> {
  const { meta, acquire } = preparing;
  const { projectKey, issueType } = draft;
  const known = await meta.read(projectKey, issueType, acquire, fresh ? FRESH_MS : KEEP_MS);
  const prepared = await prepareBy(preparing, draft, known);
  const isOld = 'ageMs' in known && known.ageMs > FRESH_MS;
  return prepared.ok || !isOld ? prepared : prepareBy(preparing, draft, await meta.read(projectKey, issueType, acquire, FRESH_MS));
}

async function prepareBy(preparing: Preparing, draft: IssueDraft, read: ScreenRead): Promise<Prepared> {
  if (read.read === 'no-such-type' || read.read === 'ambiguous-type')
    return { ok: false, failure: refusedDraft(draft, [typeProblem(draft, read)]) };
  // A refusal of every call is no reason to send less: the create would get the same answer.
  if (read.read === 'not-readable' && (read.failure.code === 'jira-rate-limited' || read.failure.code === 'jira-auth'))
    return { ok: false, failure: read.failure };
  if (read.read === 'put-off') return { ok: false, failure: putOff() };
  const screen = read.read === 'known' ? read.screen : null;
  const others = await otherPeople(preparing, draft, screen, 'finding');
  if ('failure' in others) return { ok: false, failure: others.failure };
  const assignee = await assigneeOf(preparing, draft, screen);
  const fields = issueFields(draft, screen, { assignee: assignee.accountId, others: others.known }, 'finding');
  if (!fields.ok) return { ok: false, failure: refusedDraft(draft, fields.problems) };
  const unread: Note[] = read.read === 'not-readable' ? [`screen-not-read: ${read.failure.code}`] : [];
  const { projectKey, issueType, labels } = draft;
  const notes = [...unread, ...assignee.notes, ...fields.notes];
  return { ok: true, ready: { projectKey, issueType, fields: fields.fields, labels, takesLabels: fields.takesLabels, notes } };
}

function putOff(): Failure {
  const message = 'Others went first at Jira, so that nothing was asked';
  return { code: 'jira-rate-limited', message, words: null, retry: { when: 'after', afterMs: 5_000 } };
}

/** The problem of a project that has no issue type of that name, or several. */
export function typeProblem(
  { projectKey, issueType }: Pick<IssueDraft, 'projectKey' | 'issueType'>,
  read: ScreenRead & { readonly read: 'no-such-type' | 'ambiguous-type' },
): FieldProblem {
  const message =
    read.read === 'no-such-type'
      ? `${projectKey} has no issue type "${issueType}" to create; expected ${oneOf(read.offered.map((label) => ({ label })))}`
      : `${projectKey} has more than one issue type "${issueType}"; say the id instead: ${withIds(read.among)}`;
  return { code: 'issue-type-unknown', part: 'issueType', message };
}

/** The first assignee of the draft who is active in Jira; a missing one does not hold up the issue. */
async function assigneeOf(
  { people, acquire }: Preparing,
  { projectKey, assignee, fallbackAssignee }: IssueDraft,
  screen: CreateScreen | null,
): Promise<{ readonly accountId: DraftPeople['assignee']; readonly notes: readonly Note[] }> {
  const named = [assignee, fallbackAssignee].filter((who) => who !== null);
  if (named.length > 0 && screen?.fields.has('assignee') === false)
    return { accountId: null, notes: [`assignee-not-on-screen: ${named[0]}`] };
  const notes: Note[] = [];
  for (const who of named) {
    // A template may yield other words, depending on the finding.
    const person = isPerson(who) ? await people.find(who, projectKey, acquire) : ({ found: 'unknown' } as const);
    if (person.found === 'active') return { accountId: person.accountId, notes };
    notes.push(`assignee-${person.found}: ${who}`);
  }
  return { accountId: null, notes };
}

/** People in other fields. A failed lookup is a failure, and tried again later. */
export async function otherPeople(
  { people, acquire }: Preparing,
  draft: IssueDraft,
  screen: CreateScreen | null,
  by: FilledBy,
): Promise<{ readonly known: DraftPeople['others'] } | { readonly failure: Failure }> {
  const known = new Map<string, string>();
  if (screen === null) return { known };
  for (const name of Object.keys(draft.fields)) {
    const field = fieldNamed(screen, name);
    const value = typeof field === 'string' ? 'empty' : givenValue(draft, name, field);
    if (typeof field === 'string' || value === 'empty' || (value.filled && by === 'example')) continue;
    const named = peopleIn(field, value.given).filter((who) => !who.startsWith('id:'));
    for (const who of named) {
      const person = await people.find(who, null, acquire);
      if (person.found === 'active') known.set(who, person.accountId);
      else if (person.found === 'not-looked-up' && person.failure !== null) return { failure: person.failure };
    }
  }
  return { known };
}
