import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import type { RuleBook, Rules } from '../../pipeline/rulebook/rule-book.ts';
import { changesSince } from '../../pipeline/rulebook/rule-revisions.ts';
import type { Saved, SaveOutcome, SaveRules, SaveWanted } from '../../pipeline/rule-changes/save-rules.ts';
import type { Store } from '../../pipeline/ports/store.ts';
import type { RuleChanges } from '../../rules/rule-changes.ts';
import { askedBy } from '../asked-by.ts';
import { RequestRefused } from '../problem.ts';
import type { ProblemCode } from '../problem-codes.ts';
import { readIdempotency, sendKept } from '../idempotency.ts';
import { revisionOf, tagRevision } from '../if-match.ts';
import { toPlannedAnswer, toSavedAnswer } from './rules-answer.ts';

/** The query of every write to the rules. */
export const SaveQuery = Type.Object(
  {
    force: Type.Optional(
      Type.Enum(['true', 'false'], {
        description: 'true: failing tests, and values that Jira would refuse, are warnings and not errors',
      }),
    ),
    comment: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000, description: 'The reason; shown in the history and the audit' })),
    backtestToken: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'From a backtest of the same draft on the same revision; needed where the draft touches more than 50 open issues',
      }),
    ),
  },
  { additionalProperties: false },
);

/** The query of a write to the whole set. */
export const SaveAllQuery = Type.Object(
  {
    ...SaveQuery.properties,
    dryRun: Type.Optional(
      Type.Enum(['true', 'false'], { description: 'true: all checks are made, nothing is saved, and the answer says what would change' }),
    ),
  },
  { additionalProperties: false },
);

/** The problems of every save. */
export const SAVE_PROBLEMS: readonly ProblemCode[] = [
  'rules-read-only',
  'precondition-required',
  'revision-stale',
  'rules-invalid',
  'rule-tests-failed',
  'preflight-failed',
  'backtest-required',
];

export interface SaveDeps {
  readonly store: Store;
  readonly rules: RuleBook;
  readonly saveRules: SaveRules;
  /** `file`: the rules file is the only source. */
  readonly rulesMode: 'api' | 'file';
}

/**
 * The rules that a change is based on.
 * @throws RequestRefused when they can't be changed here, or the request names no revision or another one
 */
async function baseOf({ store, rules, rulesMode }: SaveDeps, request: FastifyRequest): Promise<Rules> {
  if (rulesMode === 'file')
    throw new RequestRefused('rules-read-only', 'RULES_MODE=file: change the rules file; it is read again by itself');
  const base = revisionOf(request);
  const current = await rules.current();
  if (base === current.revision) return current;
  return refuseStale(current.revision, base === null ? null : await changesSince(store, base, current.compiled.ruleSet));
}

function refuseStale(revision: number, changes: RuleChanges | null): never {
  const detail = `Revision ${revision} counts by now; get it, make the change again, and send its ETag`;
  throw new RequestRefused('revision-stale', detail, { revision, changes });
}

/** Makes the draft from the current rules. */
export type MakeDraft = (current: Rules) => Promise<Pick<SaveWanted, 'rules' | 'action' | 'target'>>;

/**
 * Saves a draft of the current rules, and answers with the revision; once for each `Idempotency-Key`, where there is one.
 * @param location of a new rule; null: nothing with an address of its own
 * A dry run answers what the save would change.
 * @throws RequestRefused with the reason why it was not saved, or would not be
 */
export async function answerSave(
  deps: SaveDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { query, status, location }: { readonly query: Static<typeof SaveAllQuery>; readonly status: number; readonly location: string | null },
  makeDraft: MakeDraft,
): Promise<void> {
  const { force, comment = null, backtestToken = null, dryRun } = query;
  for (;;) {
    const idempotency = await readIdempotency(deps.store, request);
    if (idempotency.given !== null) return sendKept(reply, idempotency.given);
    const current = await baseOf(deps, request);
    const answerOf = (saved: Saved) => ({ status, location, body: toSavedAnswer(saved) });
    const outcome = await deps.saveRules({
      ...(await makeDraft(current)),
      base: current.revision,
      by: askedBy(request),
      comment,
      backtestToken,
      dryRun: dryRun === 'true',
      pardoned: force === 'true' ? ['tests', 'preflight'] : [],
      alongside: (saved, now) => idempotency.keep(answerOf(saved), now),
    });
    if (outcome.saved) return sendKept(tagRevision(reply, outcome.revision.revision), answerOf(outcome));
    if (outcome.because === 'dry-run') {
      const { planned } = outcome;
      return sendKept(tagRevision(reply, planned.base), { status: 200, location: null, body: toPlannedAnswer(planned) });
    }
    // Another request with the same key was first; its answer is given now.
    if (outcome.because !== 'overtaken') refuse(outcome);
  }
}

function refuse(outcome: Exclude<SaveOutcome, { readonly saved: true } | { readonly because: 'overtaken' | 'dry-run' }>): never {
  if (outcome.because === 'stale') return refuseStale(outcome.revision, outcome.changes);
  const { refusal } = outcome;
  switch (refusal.because) {
    case 'tests-failed':
      throw new RequestRefused('rule-tests-failed', 'Nothing was saved. Correct the rules or their tests, or save with force=true', {
        errors: refusal.problems,
      });
    case 'preflight-failed':
      throw new RequestRefused(
        'preflight-failed',
        'Nothing was saved. Jira would refuse what errors name; correct it, or save with force=true',
        { errors: refusal.problems },
      );
    case 'backtest-required': {
      const { openIssues } = refusal;
      const touches = openIssues === null ? 'more findings than can be looked through now' : `${openIssues} open issues`;
      const detail = `The draft touches ${touches}. Backtest it, look at what it would do, and save it with the backtestToken`;
      throw new RequestRefused('backtest-required', detail, openIssues === null ? {} : { openIssues });
    }
    default:
      return refusal satisfies never;
  }
}
