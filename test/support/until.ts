import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until the condition holds.
 * @param what says in the error what was waited for
 * @throws Error when it does not hold within `timeoutMs`
 */
export async function until(condition: () => boolean | Promise<boolean>, what: string, timeoutMs = 10_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain until ${what}`);
    await sleep(20);
  }
}
