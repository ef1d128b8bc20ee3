import type { Answer } from '../jira/http/answer.ts';
import type { JiraCalls } from '../jira/rate/jira-calls.ts';

/** One answer of Jira, as it came. */
export interface Recorded {
  /** Method and path with `*` for every id, such as `POST /issue`; empty where nothing was sent. */
  readonly operation: string;
  readonly answer: Answer;
}

/** The calls of the service, with every answer kept: the adapters judge answers and hide what the proof has to see. */
export interface RecordedCalls extends JiraCalls {
  /** All so far, in order. */
  readonly recorded: readonly Recorded[];
  /** Runs some calls, one after the other. @returns their result, and the answers in the meantime */
  during<T>(run: () => Promise<T>): Promise<{ readonly result: T; readonly heard: readonly Recorded[] }>;
}

export function recordCalls(calls: JiraCalls): RecordedCalls {
  const recorded: Recorded[] = [];
  return {
    ...calls,
    recorded,
    async ask(call, hear, sendBy) {
      let operation = '';
      const answer = await calls.ask(
        call,
        (one) => {
          operation = one.operation;
          hear?.(one);
        },
        sendBy,
      );
      recorded.push({ operation, answer });
      return answer;
    },
    async during(run) {
      const from = recorded.length;
      const result = await run();
      return { result, heard: recorded.slice(from) };
    },
  };
}

/** HTTP status, or the reason why there is none. */
export function statusOf(answer: Answer | undefined): string {
  if (answer === undefined) return 'nothing was sent';
  return answer.kind === 'http' ? String(answer.status) : answer.kind === 'network' ? answer.code : answer.kind;
}
