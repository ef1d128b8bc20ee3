import { analyzerOf, type SimulatedAnalyzer } from './simulated-analyzer.ts';
import type { SimulatedFinding } from './simulated-finding.ts';

/** The analyzers and findings of the simulated Access Analyzer, and the progress of their recommendations. */
export interface AnalyzerState {
  /** Describes an analyzer, or changes it. */
  putAnalyzer(analyzer: SimulatedAnalyzer): void;
  /** Deletes an analyzer with its findings. */
  removeAnalyzer(arn: string): void;
  put(finding: SimulatedFinding): void;
  remove(analyzerArn: string, id: string): void;
  /** Null when there is none. */
  finding(analyzerArn: string, id: string): SimulatedFinding | null;
  /** Of one analyzer, oldest first. @param late as they were before their last change */
  findings(analyzerArn: string, late: boolean): readonly SimulatedFinding[];
  /** Null when there is none. */
  analyzer(arn: string): SimulatedAnalyzer | null;
  /** Every analyzer that was described, or has or had a finding. */
  analyzers(): readonly SimulatedAnalyzer[];
  /** Starts a recommendation, or starts it again. */
  startRecommendation(finding: SimulatedFinding): void;
  /** Reads it once. Null: it was never started. */
  readRecommendation(finding: SimulatedFinding): 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | null;
}

export function createAnalyzerState(): AnalyzerState {
  const findings = new Map<string, SimulatedFinding>();
  const before = new Map<string, SimulatedFinding>();
  const analyzers = new Map<string, SimulatedAnalyzer>();
  const readsLeft = new Map<string, number>();
  const keyOf = (analyzerArn: string, id: string): string => `${analyzerArn}|${id}`;
  const of = (arn: string, all: ReadonlyMap<string, SimulatedFinding>): readonly SimulatedFinding[] =>
    [...all.values()].filter(({ analyzerArn }) => analyzerArn === arn);

  return {
    putAnalyzer: (analyzer) => void analyzers.set(analyzer.arn, analyzer),
    removeAnalyzer(arn) {
      analyzers.delete(arn);
      for (const { id } of of(arn, findings)) findings.delete(keyOf(arn, id));
    },
    put(finding) {
      const key = keyOf(finding.analyzerArn, finding.id);
      const known = findings.get(key);
      if (known !== undefined) before.set(key, known);
      if (!analyzers.has(finding.analyzerArn)) analyzers.set(finding.analyzerArn, analyzerOf(finding));
      findings.set(key, finding);
    },
    remove(analyzerArn, id) {
      findings.delete(keyOf(analyzerArn, id));
    },
    finding: (analyzerArn, id) => findings.get(keyOf(analyzerArn, id)) ?? null,
    findings: (analyzerArn, late) => of(analyzerArn, late ? before : findings),
    analyzer: (arn) => analyzers.get(arn) ?? null,
    analyzers: () => [...analyzers.values()],
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
