import type { Finding } from './finding.ts';

export type Severity = 'critical' | 'high' | 'medium' | 'low';

/** Verbs of IAM actions that only look. */
const READING = ['Get', 'List', 'Describe', 'Head', 'Receive', 'BatchGet', 'Query', 'Scan', 'Search', 'Select'];

/**
 * How urgent a finding is: public and writable data first, unused access last.
 * critical: everyone can change it (or it is a credential store). high: everyone can read it. medium: another account can reach it.
 * low: unused access, access inside the organization, and findings that AWS could not analyse.
 */
export function severityOf(finding: Finding): Severity {
  if (finding.error !== null || finding.kind !== 'external') return 'low';
  if (finding.isPublic !== true) return 'medium';
  const secret = ['AWS::SecretsManager::Secret', 'AWS::IAM::Role', 'AWS::KMS::Key'].includes(finding.resourceType);
  return secret || finding.actions.some((action) => !isReading(action)) ? 'critical' : 'high';
}

function isReading(action: string): boolean {
  const verb = action.slice(action.indexOf(':') + 1);
  return READING.some((reading) => verb.startsWith(reading));
}
