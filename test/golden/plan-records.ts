import { doc, paragraph, text } from '../../src/issues/text/adf.ts';
import { FAILURE_CODES, type Retry } from '../../src/issues/failure.ts';
import type { CreateIntent, GroupRecord, Lookups, TransitionIntent, RequeueAt } from '../../src/issues/group-record.ts';
import type { NeighbourIssue } from '../../src/issues/neighbours.ts';
import type { StepTaken, PendingWork } from '../../src/issues/step.ts';
import type { Draw } from './draw.ts';
import { BEGIN_MS } from './finding-of.ts';
import { ROUTES } from './plan-findings.ts';

const OWNERS = ['one', 'two'];
const WAITS: readonly RequeueAt['because'][] = [
  'backoff',
  'rate-limited',
  'sending-elsewhere',
  'lookup',
  'store-suspect',
  'details-awaited',
  'cooldown',
  'gathering',
  'error-issue-awaited',
];
const RETRIES: readonly Retry[] = [{ when: 'backoff' }, { when: 'after', afterMs: 30_000 }, { when: 'seldom' }];
const LASTS: readonly StepTaken[] = [
  { step: 'nothing', because: 'paused' },
  { step: 'nothing', because: 'observe-only' },
  { step: 'nothing', because: 'already-open' },
  { step: 'nothing', because: 'already-closed' },
];
const SIDES: readonly TransitionIntent['to'][] = ['closed', 'open'];
const PHASES: readonly CreateIntent['phase'][] = ['reserved', 'sending', 'uncertain'];

/** A moment of the hour around the one at which the look is made. */
export function drawTime(draw: Draw): number {
  return BEGIN_MS + (draw.below(121) - 60) * 60_000;
}

export function drawNeighbourIssue(draw: Draw): NeighbourIssue {
  const n = 100 + draw.below(5);
  const bare: NeighbourIssue = { id: String(n), key: `SEC-${n}` };
  const linked: NeighbourIssue = { id: String(n), key: `SEC-${n}`, url: `https://jira.example/browse/SEC-${n}` };
  return draw.chance(0.5) ? bare : linked;
}

export function drawOwed(draw: Draw): PendingWork {
  const to = draw.pick(SIDES);
  const comment = draw.chance(0.6) ? doc(paragraph(text('What was to be said.'))) : null;
  const fields = draw.chance(0.5) ? { resolution: { name: 'Done' } } : {};
  const ifOurs = draw.chance(0.5);
  return { to, comment, fields, ifOurs };
}

function drawMove(draw: Draw): TransitionIntent {
  const to = draw.pick(SIDES);
  const owner = draw.pick(OWNERS);
  const sentAt = drawTime(draw);
  const uncertain = draw.chance(0.5);
  const since = drawTime(draw);
  const move: TransitionIntent = { to, owner, sentAt, uncertain };
  return draw.chance(0.5) ? move : { ...move, since };
}

function drawLooks(draw: Draw): Lookups {
  const made = draw.below(4);
  const valid = draw.below(made + 1);
  const firstValidAt = valid === 0 ? null : drawTime(draw);
  return { made, valid, firstValidAt };
}

function drawIntent(draw: Draw): CreateIntent {
  const phase = draw.pick(PHASES);
  const attempt = draw.below(3);
  const owner = draw.pick(OWNERS);
  const sentAt = drawTime(draw);
  const newestNumber = draw.chance(0.5) ? null : draw.below(100);
  const route = draw.pick(ROUTES);
  const looks = drawLooks(draw);
  const draftedAt = drawTime(draw);
  const follows = drawNeighbourIssue(draw);
  let intent: CreateIntent = { phase, attempt, owner, sentAt, newestNumber, route, lookups: looks };
  if (draw.chance(0.5)) intent = { ...intent, draftedAt };
  if (draw.chance(0.3)) intent = { ...intent, follows };
  if (draw.chance(0.3)) intent = { ...intent, laterLabels: ['security'] };
  if (draw.chance(0.3)) intent = { ...intent, notes: ['assignee-unknown: lead@example.com'] };
  return intent;
}

function drawFailure(draw: Draw): GroupRecord['failure'] {
  const code = draw.pick(FAILURE_CODES);
  const retry = draw.pick(RETRIES);
  const words = draw.chance(0.5) ? null : 'No.';
  const at = drawTime(draw);
  return { code, message: 'It did not work', words, retry, at };
}

function drawWait(draw: Draw): RequeueAt {
  const until = drawTime(draw);
  const because = draw.pick(WAITS);
  return { time: until, because };
}

const LEFT = { id: '900', key: 'SEC-900' };

/** A group without its issue. */
export function drawRecord(draw: Draw, members: readonly string[]): GroupRecord {
  const wanted = 1 + draw.below(3);
  const settled = draw.below(wanted + 1);
  const attempts = draw.below(4);
  const wait = draw.chance(0.25) ? drawWait(draw) : null;
  const failure = draw.chance(0.2) ? drawFailure(draw) : null;
  const intent = draw.chance(0.25) ? drawIntent(draw) : null;
  const move = draw.chance(0.15) ? drawMove(draw) : null;
  const last = draw.chance(0.5) ? draw.pick(LASTS) : null;
  const firstSeenAt = drawTime(draw);
  const updatedAt = drawTime(draw);
  let record: GroupRecord = {
    group: `f-group-${draw.below(10)}`,
    members,
    generation: wanted,
    observedGeneration: settled,
    attempts,
    requeueAt: wait,
    failure,
    intent,
    transition: move,
    issue: null,
    last,
    firstSeenAt,
    updatedAt,
  };
  if (draw.chance(0.06)) record = { ...record, unlinked: true };
  if (draw.chance(0.06)) record = { ...record, released: true };
  if (draw.chance(0.06)) record = { ...record, leaving: [LEFT], takenAway: [LEFT.id] };
  if (draw.chance(0.03)) record = { ...record, leaving: [] };
  return record;
}
