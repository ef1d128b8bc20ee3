import type { JiraCalls } from './jira-calls.ts';

/**
 * The calls of a claim: none of them is sent after its last moment, however long it waited for its turn or the process stood still, since others may
 * have taken the claim over by then.
 * @param sendBy monotonic ms
 */
export function sendingBy(calls: JiraCalls, sendBy: number): JiraCalls {
  return { ...calls, ask: (call, hear) => calls.ask(call, hear, sendBy) };
}
