/** An error as a log shows it: its kind and its origin, without the requests and bodies that clients attach to it. */
export interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: DescribedError;
}

const MAX_TEXT = 2_000;
const MAX_CAUSES = 3;

/** Describes any thrown value. */
export function describeError(thrown: unknown): DescribedError {
  return describe(thrown, MAX_CAUSES);
}

function describe(thrown: unknown, causesLeft: number): DescribedError {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: typeof thrown === 'string' ? clean(thrown) : '' };
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
  return {
    type: thrown.name,
    message: clean(thrown.message),
    ...(code === undefined ? {} : { code }),
    ...(thrown.stack === undefined ? {} : { stack: clean(thrown.stack) }),
    ...(thrown.cause instanceof Error && causesLeft > 0 ? { cause: describe(thrown.cause, causesLeft - 1) } : {}),
  };
}

/** Messages of clients may hold a URL with a password in it, or a header that was sent. */
function clean(text: string): string {
  return text
    .slice(0, MAX_TEXT)
    .replace(/:\/\/[^/@\s]*@/g, '://[redacted]@')
    .replace(/\b(Bearer|Basic)\s+\S+/gi, '$1 [redacted]');
}
