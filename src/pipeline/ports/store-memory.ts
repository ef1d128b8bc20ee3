/** The memory of a store that keeps everything in memory. */
export interface StoreMemory {
  /** Bytes. */
  readonly used: number;
  /** Bytes that it may use; null: it was given no limit. */
  readonly limit: number | null;
}
