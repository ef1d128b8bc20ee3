/** One request to the simulated Jira, for checkers. */
export interface HistoryEntry {
  /** ISO 8601. */
  readonly at: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Method and path after `/rest/api/3`, ids replaced by `*`, such as `PUT /issue/*`. */
  readonly operation: string;
  /** The answer's `atl-traceid` header. */
  readonly traceId: string;
  /** Email of the account; null for an anonymous request, or when sign-in was not checked. */
  account: string | null;
  /** The status that the client got; `lost`: no complete answer, `waiting`: none yet. */
  status: number | 'lost' | 'waiting';
  /** The created or named issue. */
  issueKey: string | null;
  /** True when Jira carried out the request, whatever the client got. */
  done: boolean;
  /** The injected fault; null: none. */
  fault: string | null;
  /** The body of a create; absent for other requests. */
  asked?: unknown;
}

export interface RequestHistory {
  begin(entry: Pick<HistoryEntry, 'at' | 'method' | 'path' | 'operation' | 'traceId'>): HistoryEntry;
  /** Oldest first. @param from how many of them to leave out */
  entries(from?: number): readonly HistoryEntry[];
  clear(): void;
}

export function createRequestHistory(): RequestHistory {
  let entries: HistoryEntry[] = [];
  return {
    begin({ at, method, path, operation, traceId }) {
      const entry: HistoryEntry = {
        at,
        method,
        path,
        operation,
        traceId,
        account: null,
        status: 'waiting',
        issueKey: null,
        done: false,
        fault: null,
      };
      entries.push(entry);
      return entry;
    },
    entries: (from = 0) => entries.slice(from).map((entry) => ({ ...entry })),
    clear() {
      entries = [];
    },
  };
}
