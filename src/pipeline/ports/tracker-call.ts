/** One request to Jira and its result. */
export interface TrackerCall {
  /** Method and path with `*` for every id, such as `POST /issue`. */
  readonly operation: string;
  /** HTTP status, or the network's code. */
  readonly result: string;
  /** The id by which Atlassian's support finds the request; null: the answer named none. */
  readonly requestId: string | null;
  readonly tookMs: number;
}

/** The requests that an outcome took, in order. Absent: none was counted. */
export interface WithCalls {
  readonly calls?: readonly TrackerCall[];
}
