import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Polls until the condition holds.
 * @param what names the condition in the error
 * @throws Error when it does not hold within `timeoutMs`
 */
export async function until(condition: () => boolean | Promise<boolean>, what: string, timeoutMs = 10_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Timed out after ${timeoutMs} ms of waiting until ${what}`);
    await sleep(20);
  }
}
