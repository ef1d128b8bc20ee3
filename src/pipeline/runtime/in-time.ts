/**
 * The result of some work, unless it takes longer than `ms`: then its later result is dropped.
 * @param late the error to throw then @throws that error, and the work's own
 */
export function inTime<T>(work: Promise<T>, ms: number, late = () => new Error(`no answer within ${ms / 1_000} s`)): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
