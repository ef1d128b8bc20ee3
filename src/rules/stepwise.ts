/** Work that is done in short stretches: whoever runs it decides when others have their turn in between. */
export type Stepwise<T> = Generator<undefined, T>;

/** Does all of it at once. */
export function finish<T>(work: Stepwise<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
