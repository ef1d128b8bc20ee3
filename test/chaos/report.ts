import type { SeedResult } from './run-seed.ts';

/** The result of all seeds. */
export interface ChaosReport {
  readonly seeds: number;
  readonly violated: number;
  readonly findings: number;
  readonly messages: number;
  readonly issues: number;
  readonly duplicates: number;
  readonly lost: number;
  readonly callsPerFinding: number;
  readonly mostMemoryMb: number;
  readonly leftOpen: number;
  readonly internalErrors: Readonly<Record<string, number>>;
  /** By kind: how often it struck, and how often in a seed without violations. */
  readonly faults: Readonly<Record<string, Survival>>;
  readonly blows: Readonly<Record<string, Survival>>;
  readonly results: readonly SeedResult[];
}

interface Survival {
  readonly struck: number;
  readonly survived: number;
}

export function reportOf(results: readonly SeedResult[]): ChaosReport {
  const sum = (of: (result: SeedResult) => number): number => results.reduce((total, result) => total + of(result), 0);
  const broken = (rule: string) => sum(({ violations }) => violations.filter((one) => one.rule === rule).length);
  const findings = sum((result) => result.findings);
  return {
    seeds: results.length,
    violated: results.filter(({ violations }) => violations.length > 0).length,
    findings,
    messages: sum(({ messages }) => messages),
    issues: sum(({ issues }) => issues),
    duplicates: broken('duplicate'),
    lost: broken('lost'),
    callsPerFinding: findings === 0 ? 0 : Math.round((sum(({ calls }) => calls) / findings) * 100) / 100,
    mostMemoryMb: Math.max(0, ...results.map(({ mostMemoryMb }) => mostMemoryMb)),
    leftOpen: sum(({ leftOpen }) => leftOpen),
    internalErrors: Object.fromEntries(
      Object.entries(survivalOf(results, ({ internalErrors }) => internalErrors)).map(([words, { struck }]) => [words, struck]),
    ),
    faults: survivalOf(results, ({ faults }) => faults),
    blows: survivalOf(results, ({ blows }) => blows),
    results,
  };
}

function survivalOf(
  results: readonly SeedResult[],
  of: (result: SeedResult) => Readonly<Record<string, number>>,
): Record<string, Survival> {
  const all = new Map<string, Survival>();
  for (const result of results) {
    for (const [kind, times] of Object.entries(of(result))) {
      const { struck, survived } = all.get(kind) ?? { struck: 0, survived: 0 };
      all.set(kind, { struck: struck + times, survived: survived + (result.violations.length === 0 ? times : 0) });
    }
  }
  return Object.fromEntries([...all].toSorted(([a], [b]) => a.localeCompare(b)));
}

/** One line per seed; more lines after a violation. */
export function seedLines(result: SeedResult): readonly string[] {
  const { seed, store, violations, findings, issues, openIssues, calls, lives, restedAfterMs, tookMs, log } = result;
  const struck = Object.entries(result.blows).map(([kind, times]) => `${times} ${kind}`);
  const verdict = violations.length === 0 ? 'ok' : `VIOLATIONS: ${violations.length}`;
  const line = `seed ${seed} ${store}: ${verdict}; ${findings} findings, ${issues} issues, ${openIssues} open before all were resolved, ${calls} calls, ${lives} process starts; ${struck.join(', ')}; at rest after ${seconds(restedAfterMs)}, ${seconds(tookMs)} in all`;
  if (violations.length === 0) return [line];
  return [
    line,
    ...violations.map(({ rule, what }) => `    ${rule}: ${what}`),
    '    schedule:',
    ...result.plan.map((words) => `      ${words}`),
    `    log: ${log}`,
  ];
}

export function tableLines(report: ChaosReport): readonly string[] {
  const rows = (title: string, of: Readonly<Record<string, Survival>>): string[] => [
    '',
    `${title.padEnd(24)}${'struck'.padStart(8)}${'survived'.padStart(10)}`,
    ...Object.entries(of).map(
      ([kind, { struck, survived }]) => `${kind.padEnd(24)}${String(struck).padStart(8)}${String(survived).padStart(10)}`,
    ),
  ];
  return [
    ...rows('fault of Jira', report.faults),
    ...rows('blow', report.blows),
    '',
    `${report.seeds} seeds, ${report.violated} with violations: ${report.findings} findings in ${report.messages} messages, ${report.issues} issues, ${report.duplicates} duplicates, ${report.lost} lost; ${report.callsPerFinding} calls to Jira per finding; at most ${report.mostMemoryMb} MB per process; ${report.leftOpen} issues open after all findings were resolved`,
    ...Object.entries(report.internalErrors).map(([words, times]) => `    internal error (${times} ×): ${words}`),
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
