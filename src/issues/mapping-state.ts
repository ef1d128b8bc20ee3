import { openingOf, type GroupRecord } from './group-record.ts';
import { lifecycleOf } from '../findings/lifecycle.ts';
import { isDeleted } from './missing-issue.ts';
import type { Member } from './plan-step.ts';

/** The stages of a finding on its way to Jira. */
export const MAPPING_STATES = [
  'ignored',
  'observed',
  'held',
  'pending',
  'sending',
  'uncertain',
  'open',
  'closed',
  'failed',
  'unlinked',
] as const;

export type MappingState = (typeof MAPPING_STATES)[number];

/** The state of one member of a group, as the API shows it. */
export function mappingState(record: GroupRecord, member: Member): MappingState {
  const opening = openingOf(record);
  if (opening?.phase === 'uncertain') return 'uncertain';
  if (isHeld(record)) return 'held';
  if (record.failure !== null) return 'failed';
  if (opening?.phase === 'sending') return 'sending';
  if (record.issue !== null) return isDeleted(record.issue) ? 'closed' : record.issue.lastApplied;
  if (record.unlinked === true) return 'unlinked';
  if (member.decision.action === 'ignore') return 'ignored';
  if (lifecycleOf(member.finding) !== 'active') return 'closed';
  return isObserved(record) ? 'observed' : 'pending';
}

function isObserved({ last }: GroupRecord): boolean {
  return last?.because === 'observe-only' || last?.because === 'rule-observes';
}

/** A step is missing, and a pause or a limit holds it back. */
function isHeld(record: GroupRecord): boolean {
  const isKeptBack = record.last?.because === 'paused' || record.last?.because === 'over-limit';
  return isKeptBack && record.requeueAt === null && openingOf(record)?.phase !== 'sending';
}
