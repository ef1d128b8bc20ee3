/**
 * Whether the store is still the same one. A store that was emptied, restarted, restored or failed over may have forgotten issues
 * in Jira, so nothing is created until they have been read back.
 */
export interface StoreTrust {
  /** Records the store's present identity, as suspect when it is another one. Called at start and after a commit that was `suspect`. */
  ensure(): Promise<void>;
  /** @throws StoreUnavailable */
  isTrusted(): Promise<boolean>;
  /** Runs a pass of reading back when one is due. Does nothing when the store is trusted. @param signal ends the pass between two pages */
  advance(signal?: AbortSignal): Promise<void>;
}
