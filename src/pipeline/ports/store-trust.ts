/**
 * Whether the store is the one that it was. A store that was emptied, restarted, restored or failed over may have forgotten issues
 * that stand in Jira, so nothing is created until they have been read back.
 */
export interface StoreTrust {
  /** Names the store as it is now, suspect when it is another one. Called at start and after a commit that was `suspect`. */
  ensure(): Promise<void>;
  /** @throws StoreUnavailable */
  isTrusted(): Promise<boolean>;
  /** Runs a pass of reading back when one is due. Does nothing when the store is trusted. @param signal ends the pass between two pages */
  advance(signal?: AbortSignal): Promise<void>;
}
