import type { JsonObject } from '../../findings/json.ts';
import type { SimulatedFinding } from './simulated-finding.ts';

/** An analyzer as the simulated Access Analyzer keeps it. Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_AnalyzerSummary.html */
export interface SimulatedAnalyzer {
  readonly arn: string;
  /** `ACCOUNT` or `ORGANIZATION`, alone for external access, or with `_UNUSED_ACCESS` or `_INTERNAL_ACCESS`. */
  readonly type: string;
  readonly status: 'ACTIVE' | 'CREATING' | 'DISABLED' | 'FAILED';
  /** The AWS service that manages it; null: the customer. */
  readonly managedBy: string | null;
  readonly archiveRules: readonly { readonly ruleName: string; readonly filter: JsonObject }[];
}

/** The analyzer that a finding must come from, where none was described. */
export function analyzerOf({ analyzerArn, findingType }: Pick<SimulatedFinding, 'analyzerArn' | 'findingType'>): SimulatedAnalyzer {
  const kind = findingType === 'InternalAccess' ? '_INTERNAL_ACCESS' : findingType.startsWith('Unused') ? '_UNUSED_ACCESS' : '';
  return { arn: analyzerArn, type: `ORGANIZATION${kind}`, status: 'ACTIVE', managedBy: null, archiveRules: [] };
}

/** True where the older calls, whose rows have all of a finding, work. */
export function isExternal({ type }: SimulatedAnalyzer): boolean {
  return type === 'ACCOUNT' || type === 'ORGANIZATION';
}

/** As ListAnalyzers shows it. */
export function analyzerJson({ arn, type, status, managedBy }: SimulatedAnalyzer): JsonObject {
  return {
    arn,
    name: arn.slice(arn.lastIndexOf('/') + 1),
    type,
    status,
    createdAt: '2026-01-01T00:00:00Z',
    ...(managedBy === null ? {} : { managedBy }),
  };
}
