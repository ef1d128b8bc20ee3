/** The errors that AWS names, with the HTTP status of each. Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/CommonErrors.html */
export const ANALYZER_ERRORS = {
  AccessDeniedException: 403,
  InternalServerException: 500,
  ResourceNotFoundException: 404,
  ThrottlingException: 429,
  ValidationException: 400,
  ExpiredTokenException: 403,
  UnrecognizedClientException: 403,
} as const;

export type AnalyzerErrorName = keyof typeof ANALYZER_ERRORS;

/** The simulated calls. */
export type AnalyzerOperation =
  | 'ListAnalyzers'
  | 'ListArchiveRules'
  | 'ListFindings'
  | 'ListFindingsV2'
  | 'GetFinding'
  | 'GetFindingV2'
  | 'GetFindingsStatistics'
  | 'StartResourceScan'
  | 'GenerateFindingRecommendation'
  | 'GetFindingRecommendation';

/**
 * A fault for one request, used up by the first matching request. `cut`: the connection ends without an answer. `hangs`: no answer ever.
 * `truncated`: half of the answer. `garbage`: status 200 with a page that is not AWS's. A name: that error, with `retryAfterSeconds` as its header.
 */
export interface AnalyzerFault {
  readonly on: AnalyzerOperation;
  readonly fault: AnalyzerErrorName | 'cut' | 'hangs' | 'truncated' | 'garbage';
  readonly retryAfterSeconds?: number;
}

/** The faults of the simulated Access Analyzer. All off by default; may be changed at any time. */
export interface AnalyzerFaults {
  /** Delay before a request is handled, ms. */
  latencyMs: number;
  /** Every connection is cut at once. */
  down: boolean;
  /** Maximum number of requests in any second; more are throttled. Null: no limit. */
  requestsPerSecond: number | null;
  /** Seconds in the retry-after header of a request over the limit; null: no header. */
  retryAfterSeconds: number | null;
  /** ARNs of analyzers to which access is denied; `all` for every one. */
  denied: 'all' | readonly string[];
  /** Every page has a next page, which is the first one again. */
  endlessPages: boolean;
  /** Lists end after so many items, as if there were no more. Null: they are whole. */
  listsEndAfter: number | null;
  /** Lists show each finding as it was before its last change, and not at all when it is new; single findings are up to date. */
  listsAreLate: boolean;
  /** ListAnalyzers is denied in every Region. */
  analyzersDenied: boolean;
  /** Regions that are not enabled in the account: the credentials are not valid there. */
  disabledRegions: readonly string[];
  /** Faults for single requests, in order. */
  next: AnalyzerFault[];
}

export function noAnalyzerFaults(): AnalyzerFaults {
  return {
    latencyMs: 0,
    down: false,
    requestsPerSecond: null,
    retryAfterSeconds: null,
    denied: [],
    endlessPages: false,
    listsEndAfter: null,
    listsAreLate: false,
    analyzersDenied: false,
    disabledRegions: [],
    next: [],
  };
}
