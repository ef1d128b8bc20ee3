/** Waits, or ends at once when the signal is aborted: a wait for a slot may be longer than a process has to stop. */
export async function sleepUntilEnded(sleep: (ms: number) => Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  if (signal.aborted) return;
  signal.addEventListener('abort', end, { once: true });
  await Promise.race([sleep(ms), promise]);
  signal.removeEventListener('abort', end);
}
