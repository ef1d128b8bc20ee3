import type { GroupRecord } from './group-record.ts';
import { standingOf } from '../findings/lifecycle.ts';
import type { Member } from './plan-step.ts';

/** Where a finding is on its way to Jira. */
export const MAPPING_STATES = ['ignored', 'observed', 'pending', 'sending', 'uncertain', 'open', 'closed', 'failed'] as const;

export type MappingState = (typeof MAPPING_STATES)[number];

/** The state of one member of a group, as the API shows it. */
export function mappingState(record: GroupRecord, member: Member): MappingState {
  if (record.intent?.phase === 'uncertain') return 'uncertain';
  if (record.failure !== null) return 'failed';
  if (record.intent?.phase === 'sending') return 'sending';
  if (record.issue !== null) return record.issue.stand;
  if (member.decision.action === 'ignore') return 'ignored';
  if (standingOf(member.finding) !== 'active') return 'closed';
  return record.last?.because === 'observe-only' ? 'observed' : 'pending';
}
