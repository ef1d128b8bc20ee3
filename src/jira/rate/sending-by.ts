import type { JiraCalls } from './jira-calls.ts';

/**
 * The calls of a claim. None is sent after its deadline, however long it waited or the process stood still: another process may have taken
 * the claim over by then.
 * @param sendBy monotonic ms
 */
export function sendingBy(calls: JiraCalls, sendBy: number): JiraCalls {
  return { ...calls, ask: (call, hear) => calls.ask(call, hear, sendBy) };
}
