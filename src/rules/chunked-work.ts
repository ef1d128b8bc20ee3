/** Work that is done in short stretches: whoever runs it decides when others have their turn in between. */
export type ChunkedWork<T> = Generator<undefined, T>;

/** Does all of it at once. */
export function finish<T>(work: ChunkedWork<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
