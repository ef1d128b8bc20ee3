/** One request to the simulated Jira: what a checker may rely on. */
export interface HistoryEntry {
  /** ISO 8601. */
  readonly at: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Method and path after `/rest/api/3`, ids replaced by `*`, such as `PUT /issue/*`. */
  readonly operation: string;
  /** What the answer's `atl-traceid` says. */
  readonly traceId: string;
  /** Email of the account; null for nobody, or when it was not looked at. */
  account: string | null;
  /** What the client got; `lost` when it got no whole answer, `waiting` while it has none yet. */
  status: number | 'lost' | 'waiting';
  /** The issue that was made or named. */
  issueKey: string | null;
  /** True when Jira did what was asked, whatever the client was told. */
  done: boolean;
  /** The fault that was put in, null for none. */
  fault: string | null;
  /** What a create was asked to make; of no other request. */
  asked?: unknown;
}

export interface RequestHistory {
  begin(entry: Pick<HistoryEntry, 'at' | 'method' | 'path' | 'operation' | 'traceId'>): HistoryEntry;
  /** Oldest first. */
  entries(): readonly HistoryEntry[];
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
    entries: () => entries.map((entry) => ({ ...entry })),
    clear() {
      entries = [];
    },
  };
}
