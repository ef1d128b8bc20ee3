import { isJsonObject, type JsonObject } from '../../findings/json.ts';
import { isExternal, type SimulatedAnalyzer } from './simulated-analyzer.ts';
import type { SimulatedFinding } from './simulated-finding.ts';

/** A row of ListFindingsV2: without the access itself. */
export function summaryJson({
  analyzerArn: _arn,
  findingDetails: _details,
  recommendation: _recommendation,
  error,
  ...finding
}: SimulatedFinding): JsonObject {
  return { ...finding, ...(error === null ? {} : { error }) };
}

/** A finding of external access with all that is known of it, as ListFindings and GetFinding show it: flat, and without a type. */
export function wholeJson(finding: SimulatedFinding): JsonObject {
  const { findingType: _type, ...summary } = summaryJson(finding);
  const access = finding.findingDetails.map(({ externalAccessDetails }) => externalAccessDetails).find((one) => isJsonObject(one));
  return { condition: {}, ...summary, ...access };
}

/** Counts by status. Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_GetFindingsStatistics.html */
export function statisticsJson(analyzer: SimulatedAnalyzer, findings: readonly SimulatedFinding[]): JsonObject {
  const count = (status: string): number => findings.filter((finding) => finding.status === status).length;
  const totals = {
    totalActiveFindings: count('ACTIVE'),
    totalArchivedFindings: count('ARCHIVED'),
    totalResolvedFindings: count('RESOLVED'),
  };
  const kind = isExternal(analyzer) ? 'external' : analyzer.type.endsWith('_INTERNAL_ACCESS') ? 'internal' : 'unused';
  return { findingsStatistics: [{ [`${kind}AccessFindingsStatistics`]: totals }], lastUpdatedAt: '2026-01-01T00:00:00Z' };
}
