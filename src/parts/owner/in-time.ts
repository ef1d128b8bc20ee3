import { setTimeout as sleep } from 'node:timers/promises';

/** A call that ends with its signal, also where the SDK is still looking for credentials and does not heed it. */
export function inTime<T>(abortSignal: AbortSignal, send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const end = (): void => reject(Object.assign(new Error('The call took too long'), { name: 'TimeoutError' }));
  if (abortSignal.aborted) end();
  abortSignal.addEventListener('abort', end, { once: true });
  return Promise.race([send({ abortSignal }), promise]).finally(() => abortSignal.removeEventListener('abort', end));
}

/** Waits, or ends early when the process ends. */
export async function waitUnless(stopping: AbortSignal, ms: number): Promise<void> {
  if (ms > 0 && !stopping.aborted) await sleep(ms, undefined, { signal: stopping }).catch(() => undefined);
}
