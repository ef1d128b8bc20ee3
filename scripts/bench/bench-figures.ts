/** One row of the summary: a figure, what it is held against, and the bound that it is meant to keep. */
export interface SummaryRow {
  readonly row: string;
  /** Null: not measured. */
  readonly measured: number | null;
  readonly unit: string;
  /** The same figure of the least that could do the work: a bare loop, or the fewest calls. Absent: there is no such thing. */
  readonly bare?: number | null;
  /** Null: there is none. */
  readonly target: { readonly atMost: number } | { readonly atLeast: number } | { readonly below: number } | null;
}

/** What one part of the benchmark has found out. */
export interface PartReport {
  readonly tables: readonly (readonly object[])[];
  readonly measured: unknown;
  readonly summary: readonly SummaryRow[];
}

type Verdict = 'met' | 'missed' | 'not measured' | 'no target';

export function verdictOf({ measured, target }: SummaryRow): Verdict {
  if (measured === null) return 'not measured';
  if (target === null) return 'no target';
  if ('atMost' in target) return measured <= target.atMost ? 'met' : 'missed';
  return ('below' in target ? measured < target.below : measured >= target.atLeast) ? 'met' : 'missed';
}

/** The value below which that share of the values is; 1: the largest. @param values in any order @returns NaN of none */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** The summary as a table for people. */
export function summaryTable(rows: readonly SummaryRow[]): readonly object[] {
  return rows.map((row) => ({
    row: row.row,
    measured: row.measured === null ? '' : `${rounded(row.measured)} ${row.unit}`,
    bare: row.bare === undefined || row.bare === null ? '' : rounded(row.bare),
    target: targetWords(row.target),
    verdict: verdictOf(row),
  }));
}

function targetWords(target: SummaryRow['target']): string {
  if (target === null) return '';
  if ('atMost' in target) return `at most ${target.atMost}`;
  return 'below' in target ? `below ${target.below}` : `at least ${target.atLeast}`;
}

/** Three digits that count. */
function rounded(value: number): string {
  return String(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
}
