import { reopeningComment } from '../../src/issues/text/comments.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { lifecycleOf } from '../../src/findings/lifecycle.ts';
import type { GroupRecord } from '../../src/issues/group-record.ts';
import type { MemberDetails } from '../../src/issues/member-details.ts';
import { breaks, succeeds, type Neighbour } from '../../src/issues/neighbours.ts';
import type { Member, Situation } from '../../src/issues/plan-step.ts';
import type { Draw } from './draw.ts';
import { BEGIN_MS } from './finding-of.ts';
import { drawDecision, PLAN_FINDINGS } from './plan-findings.ts';
import { drawIssue } from './plan-issues.ts';
import { drawNeighbourIssue, drawOwed, drawRecord } from './plan-records.ts';
import type { Arrival } from '../../src/issues/pending-work.ts';

/** What one look may find. */
export interface PlanInput {
  readonly record: GroupRecord;
  readonly members: readonly Member[];
  readonly situation: Situation;
  readonly arrival: Arrival;
}

const DETAILS: readonly MemberDetails[] = ['not-needed', 'not-needed', 'there', 'awaited', { missing: 'nobody may ask' }];
const ERRORS = PLAN_FINDINGS.filter((finding) => finding.error !== null && lifecycleOf(finding) === 'active');
const SOUND = PLAN_FINDINGS.filter(({ error }) => error === null);
const POOLS: readonly (readonly Finding[])[] = [
  PLAN_FINDINGS,
  SOUND.filter((finding) => lifecycleOf(finding) === 'resolved'),
  SOUND.filter((finding) => lifecycleOf(finding) === 'resolved'),
  SOUND.filter((finding) => lifecycleOf(finding) === 'active'),
  SOUND.filter((finding) => lifecycleOf(finding) === 'active'),
  PLAN_FINDINGS.filter((finding) => lifecycleOf(finding) !== 'active'),
];
const NEIGHBOUR_POOLS = [PLAN_FINDINGS, ERRORS, SOUND];

function drawMembers(draw: Draw, pool: readonly Finding[]): readonly Member[] {
  const count = draw.pick([0, 1, 1, 1, 1, 2, 2, 3]);
  const ignored = draw.pick([0, 0.2, 1]);
  const members: Member[] = [];
  for (let n = 0; n < count; n += 1) {
    const finding = draw.pick(pool);
    const decision = drawDecision(draw, ignored);
    const details = draw.pick(DETAILS);
    members.push({ finding, decision, details });
  }
  return members;
}

/** Any, or those that go on with one of the members, or that it goes on with. */
function neighbourPool(draw: Draw, members: readonly Member[]): readonly Finding[] {
  const [first] = members;
  const any = draw.pick(NEIGHBOUR_POOLS);
  if (first === undefined || draw.chance(0.5)) return any;
  const { finding } = first;
  const related = PLAN_FINDINGS.filter((one) => breaks(one, finding) || succeeds(one, finding) || succeeds(finding, one));
  return related.length === 0 ? any : related;
}

function drawNeighbours(draw: Draw, members: readonly Member[]): readonly Neighbour[] {
  const pool = neighbourPool(draw, members);
  const count = draw.pick([0, 0, 1, 1, 2, 3]);
  const neighbours: Neighbour[] = [];
  for (let n = 0; n < count; n += 1) {
    const finding = draw.pick(pool);
    const issue = draw.chance(0.6) ? drawNeighbourIssue(draw) : null;
    const isOpening = draw.chance(0.4);
    neighbours.push({ finding, issue, isOpening });
  }
  return neighbours;
}

function drawSituation(draw: Draw, members: readonly Member[]): Situation {
  const unknown = draw.chance(0.15) ? 1 + draw.below(3) : 0;
  const whenUnrouted = draw.pick(['leave', 'close'] as const);
  const neighbours = drawNeighbours(draw, members);
  return { unknown, whenUnrouted, neighbours, now: BEGIN_MS };
}

function drawArrival(draw: Draw): Arrival {
  const to = draw.pick(['closed', 'open'] as const);
  const outcome = draw.pick(['transitioned', 'already-there'] as const);
  const left = draw.chance(0.5) ? drawOwed(draw) : null;
  return { to, outcome, left, comment: reopeningComment('active-again') };
}

export function drawPlanInput(draw: Draw): PlanInput {
  const members = drawMembers(draw, draw.pick(POOLS));
  const keys = members.map(({ finding }) => finding.key);
  const named = draw.chance(0.1) ? [...keys, '#known-by-name-only'] : keys;
  const bare = drawRecord(draw, named);
  const record: GroupRecord = draw.chance(0.8) ? { ...bare, issue: drawIssue(draw, named, members) } : bare;
  const situation = drawSituation(draw, members);
  const arrival = drawArrival(draw);
  return { record, members, situation, arrival };
}
