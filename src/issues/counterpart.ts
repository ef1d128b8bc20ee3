import { parseArn } from '../findings/arn.ts';
import type { Finding } from '../findings/finding.ts';
import { groupKey } from './group-key.ts';

/**
 * Whether two findings of different analyzers report the same access: after a change of the delegated administrator, every finding comes again under
 * another analyzer of the Region, with a new id. An analyzer of another Region replaces none. Pure.
 */
export function isCounterpart(a: Finding, b: Finding): boolean {
  const [x, y] = [parseArn(a.analyzerArn), parseArn(b.analyzerArn)];
  if (x === null || y === null || a.analyzerArn === b.analyzerArn || x.region !== y.region || x.partition !== y.partition) return false;
  const access = accessOf(a);
  return access !== null && access === accessOf(b);
}

/** Null: what the finding says does not tell its access from another. */
function accessOf(finding: Finding): string | null {
  if (finding.shrunk === true) return null;
  if (finding.kind !== 'unused') return groupKey(finding, 'access');
  const keys = keyIds(finding);
  return keys === null ? null : JSON.stringify([finding.findingType, finding.error, finding.resource, keys]);
}

/** A user may have two access keys that are not used, and only the details tell which one a finding is about. */
function keyIds({ findingType, unusedDetails }: Finding): readonly string[] | null {
  if (findingType !== 'UnusedIAMUserAccessKey') return [];
  const keys = (unusedDetails ?? []).flatMap((one) => (one.kind === 'access-key' ? [one.accessKeyId] : []));
  return keys.length === 0 ? null : keys.toSorted();
}
