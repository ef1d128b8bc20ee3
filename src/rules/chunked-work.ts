/** Work in short chunks: its runner decides when to let other work run in between. */
export type ChunkedWork<T> = Generator<undefined, T>;

/** Runs all chunks at once. */
export function finish<T>(work: ChunkedWork<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
