import type { SimulatedFinding } from './simulated-finding.ts';

/** The findings of the simulated Access Analyzer, and the progress of their recommendations. */
export interface AnalyzerState {
  put(finding: SimulatedFinding): void;
  remove(analyzerArn: string, id: string): void;
  /** Null when there is none. */
  finding(analyzerArn: string, id: string): SimulatedFinding | null;
  /** Of one analyzer, oldest first. */
  findings(analyzerArn: string): readonly SimulatedFinding[];
  /** Every analyzer that has or had a finding. */
  analyzers(): readonly string[];
  /** Starts a recommendation, or starts it again. */
  startRecommendation(finding: SimulatedFinding): void;
  /** Reads it once. Null: it was never started. */
  readRecommendation(finding: SimulatedFinding): 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | null;
}

export function createAnalyzerState(): AnalyzerState {
  const findings = new Map<string, SimulatedFinding>();
  const analyzers = new Set<string>();
  const readsLeft = new Map<string, number>();
  const keyOf = (analyzerArn: string, id: string): string => `${analyzerArn}|${id}`;

  return {
    put(finding) {
      analyzers.add(finding.analyzerArn);
      findings.set(keyOf(finding.analyzerArn, finding.id), finding);
    },
    remove(analyzerArn, id) {
      findings.delete(keyOf(analyzerArn, id));
    },
    finding: (analyzerArn, id) => findings.get(keyOf(analyzerArn, id)) ?? null,
    findings: (analyzerArn) => [...findings.values()].filter((finding) => finding.analyzerArn === analyzerArn),
    analyzers: () => [...analyzers],
    startRecommendation({ analyzerArn, id, recommendation }) {
      readsLeft.set(keyOf(analyzerArn, id), recommendation.inProgressFor);
    },
    readRecommendation({ analyzerArn, id, recommendation }) {
      const key = keyOf(analyzerArn, id);
      const left = readsLeft.get(key);
      if (left === undefined) return null;
      readsLeft.set(key, left - 1);
      if (left > 0) return 'IN_PROGRESS';
      return recommendation.failure === null ? 'SUCCEEDED' : 'FAILED';
    },
  };
}
