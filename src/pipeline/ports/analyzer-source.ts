import type { JsonObject } from '../../findings/json.ts';
import type { AcquireSlot, Answered, DetailsSource } from './details-source.ts';

/** An analyzer as ListAnalyzers names it. */
export interface ListedAnalyzer {
  readonly arn: string;
  /** `ACCOUNT` or `ORGANIZATION`: external access; with `_UNUSED_ACCESS` or `_INTERNAL_ACCESS`: that. Open to new values. */
  readonly type: string;
  /** `ACTIVE`, `CREATING`, `DISABLED` or `FAILED`. */
  readonly status: string;
  /** The AWS service that made it for itself; null: a customer's own. */
  readonly managedBy: string | null;
}

/** A page of an analyzer's findings. */
export interface FindingsQuestion {
  readonly analyzerArn: string;
  /** Rows with all of a finding, which AWS has for analyzers of external access only. */
  readonly whole: boolean;
  readonly statuses: readonly ('ACTIVE' | 'ARCHIVED' | 'RESOLVED')[];
  /** Of the page before it; null: the first page. */
  readonly token: string | null;
}

/** A listed finding. */
export interface ListedFinding {
  readonly findingId: string;
  /** The row as an event, without a time: a row has none of its own. Fields that the row lacks are absent. */
  readonly event: JsonObject;
}

export interface FindingsPage {
  readonly findings: readonly ListedFinding[];
  /** Null: there is no further page. */
  readonly nextToken: string | null;
}

/** A resource that an analyzer is to scan again. */
export interface ScanQuestion {
  readonly analyzerArn: string;
  readonly resourceArn: string;
  /** The account that owns it; empty: unknown. */
  readonly resourceAccount: string;
}

/** A rule by which an analyzer archives new findings. */
export interface ArchiveRule {
  readonly name: string;
  /** The criteria of `eq`, `neq`, `contains` and `exists`, by the field that they apply to; all must hold. */
  readonly filter: JsonObject;
}

/** The port to AWS's lists of analyzers and findings, and to its scans. Never throws; every call acquires a slot first. */
export interface AnalyzerSource extends Pick<DetailsSource, 'read' | 'close'> {
  /** All analyzers of the service's own account in a Region. */
  listAnalyzers(region: string, acquireSlot: AcquireSlot): Promise<Answered<readonly ListedAnalyzer[]>>;
  listFindings(question: FindingsQuestion, acquireSlot: AcquireSlot): Promise<Answered<FindingsPage>>;
  /** Asks for a scan; the outcome is no part of the answer. */
  startScan(question: ScanQuestion, acquireSlot: AcquireSlot): Promise<Answered<null>>;
  listArchiveRules(analyzerArn: string, acquireSlot: AcquireSlot): Promise<Answered<readonly ArchiveRule[]>>;
}
