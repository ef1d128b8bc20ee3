import type { GroupKey } from '../../issues/group-key.ts';
import { inDoubt, openingOf, type CreateIntent, type GroupRecord } from '../../issues/group-record.ts';
import type { Step } from '../../issues/step.ts';
import { correctIssue } from './correct-issue.ts';
import { createIssue } from './create-issue.ts';
import { finishMove } from './finish-move.ts';
import { markIssue } from './mark-issue.ts';
import { isUpToDate, readGroup, type GroupView } from '../groups/group-view.ts';
import { linkSuccessor } from './link-successor.ts';
import { labelIssue } from './label-issue.ts';
import { lookForIssue } from './look-for-issue.ts';
import { moveIssue } from './move-issue.ts';
import { nameIssue } from './name-issue.ts';
import { planLook, type PlannedLook } from './plan-look.ts';
import { save, waitUntil, type Round, type Settling } from './settling.ts';
import { updateIssue } from './update-issue.ts';
import { wantDetails } from '../details/want-details.ts';

/** Reads what is, plans the one missing step, does it, records it, and looks again until nothing is missing. */
export type SettleGroup = (group: GroupKey) => Promise<void>;

/** A look that never ends is a fault of ours; the group is asked for again later. */
const MAX_ROUNDS = 200;

type Nothing = Step & { readonly step: 'nothing' };

export function createSettleGroup(settling: Settling): SettleGroup {
  /** Groups with a look under way in this process. A queue may run one twice (a worker that was stopped for long); the first is enough. */
  const underWay = new Set<GroupKey>();

  async function round(group: GroupKey): Promise<Round> {
    const view = await readGroup(settling.store, settling.rules, group);
    if (view === null) return 'done';
    if (await wantDetails(settling, view)) return 'again';
    const { record, now } = view;
    if (record.wait !== null && record.wait.until > now) return 'done';
    const opening = openingOf(record);
    if (opening?.phase === 'sending') return leftInSending(view, opening);
    if (opening?.phase === 'uncertain') return lookForIssue(settling, view, opening);
    if (record.move !== null && !record.move.uncertain) return leftInMove(view);
    return doPlanned(view, await planLook(settling, view, await settling.rules.current()));
  }

  async function doPlanned(view: GroupView, planned: PlannedLook): Promise<Round> {
    switch (planned.look) {
      case 'take':
        return carryOut(view, planned.step);
      case 'nothing':
        return nothing(view, { step: 'nothing', because: planned.because });
      case 'held':
        return held(view);
      case 'wait':
        return waitUntil(settling, view, planned.wait);
      default:
        return planned satisfies never;
    }
  }

  function carryOut(view: GroupView, step: Exclude<Step, Nothing>): Promise<Round> {
    switch (step.step) {
      case 'create':
        return createIssue(settling, view, step);
      case 'close':
      case 'reopen':
        return moveIssue(settling, view, step);
      case 'correct':
        return correctIssue(settling, view, step);
      case 'link':
        return linkSuccessor(settling, view, step);
      case 'update':
        return updateIssue(settling, view, step);
      case 'label':
        return labelIssue(settling, view, step);
      case 'finish':
        return finishMove(settling, view, step);
      case 'name':
        return nameIssue(settling, view);
      case 'mark':
      case 'unmark':
        return markIssue(settling, view, step);
      default:
        return step satisfies never;
    }
  }

  /** An intent that never reached Jira is dropped when no issue is wanted any more. */
  function nothing(view: GroupView, step: Nothing): Promise<Round> {
    const { released: _, ...record } = view.record;
    return atRest(view, step, { ...record, failure: null, attempts: 0, intent: inDoubt(record.intent) });
  }

  /** Nothing is given up: when the pause is lifted, it goes on where it was. */
  function held(view: GroupView): Promise<Round> {
    return atRest(view, { step: 'nothing', because: 'paused' }, view.record);
  }

  async function atRest(view: GroupView, step: Nothing, record: GroupRecord): Promise<Round> {
    const next: GroupRecord = { ...record, settled: record.wanted, wait: null, last: { step: step.step, because: step.because } };
    if (isUpToDate(view, next)) return 'done';
    const saved = await save(settling, view, next, null);
    if (saved) settling.tell({ what: 'settled', group: record.group, step: step.step, because: step.because });
    return 'again';
  }

  /** Somebody may be sending. Left alone until a POST from that claim can't be on its way any more; then it is uncertain. */
  async function leftInSending(view: GroupView, intent: CreateIntent): Promise<Round> {
    const { record, now } = view;
    const until = intent.sentAt + settling.sendingMs;
    if (!isDead(intent.owner) && now < until) return waitUntil(settling, view, { until, because: 'sending-elsewhere' });
    const next: GroupRecord = { ...record, wait: null, intent: { ...intent, phase: 'uncertain' } };
    const said = { what: 'uncertain', because: 'found-in-sending', issueKey: null } as const;
    const saved = await save(settling, view, next, said);
    if (saved) settling.tell({ what: 'create-uncertain', group: record.group, attempt: intent.attempt, code: 'found-in-sending' });
    return 'again';
  }

  async function leftInMove(view: GroupView): Promise<Round> {
    const { record, now } = view;
    const { move } = record;
    if (move === null) return 'done';
    const until = move.sentAt + settling.sendingMs;
    if (!isDead(move.owner) && now < until) return waitUntil(settling, view, { until, because: 'sending-elsewhere' });
    await save(settling, view, { ...record, wait: null, move: { ...move, uncertain: true } }, null);
    return 'again';
  }

  /** Our own claim was left by a run that failed, since one runs at a time; another's is dead for sure only where one process owns the store. */
  function isDead(owner: string): boolean {
    return owner === settling.owner || settling.soleOwner;
  }

  return async (group) => {
    if (underWay.has(group)) return;
    underWay.add(group);
    try {
      for (let rounds = 0; rounds < MAX_ROUNDS; rounds += 1) {
        if ((await round(group)) === 'done') return;
      }
    } finally {
      underWay.delete(group);
    }
  };
}
