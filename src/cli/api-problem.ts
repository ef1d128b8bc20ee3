import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { CommandFailed, EXIT, type ExitCode } from './exit-code.ts';
import { PROBLEM_ADVICE, UNKNOWN_ADVICE } from './problem-advice.ts';

/** Mistakes that are shown; the rest is counted. */
const MAX_SHOWN = 20;

const Problem = Type.Object({
  title: Type.String(),
  detail: Type.String(),
  code: Type.String(),
  instance: Type.String(),
  errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
  candidates: Type.Optional(Type.Array(Type.Object({ analyzerArn: Type.String() }))),
});

/** The service refused a request: what it says, its code, and what to do. */
export class ApiProblem extends CommandFailed {
  /** Null: another server answered, such as a proxy. */
  readonly code: string | null;
  constructor(status: number, body: string, url: string) {
    const problem = problemOf(body);
    super(exitCodeOf(status, problem), problem === null ? foreign(status, url) : wordsOf(problem));
    this.code = problem?.code ?? null;
  }
}

type Told = NonNullable<ReturnType<typeof problemOf>>;

function problemOf(body: string) {
  try {
    const value: unknown = JSON.parse(body);
    return Check(Problem, value) ? value : null;
  } catch {
    return null;
  }
}

function exitCodeOf(status: number, problem: Told | null): ExitCode {
  if (problem === null) return EXIT.unreachable;
  return status === 401 || status === 403 ? EXIT.notAllowed : EXIT.failed;
}

function foreign(status: number, url: string): string {
  const word = status >= 300 && status < 400 ? 'a redirect, which f2j does not follow' : 'no words of the service';
  return `${url} answers with ${status} and ${word}\nCheck F2J_URL: a proxy or another server may answer there`;
}

function wordsOf({ title, detail, code, instance, errors = [], candidates = [] }: Told): string {
  const shown = errors.slice(0, MAX_SHOWN).map(({ path, message }) => `  ${path === '' ? '' : `${path}: `}${message}`);
  const advice = Object.hasOwn(PROBLEM_ADVICE, code) ? PROBLEM_ADVICE[code] : UNKNOWN_ADVICE;
  return [
    `${title} (${code})`,
    detail,
    ...shown,
    ...(errors.length > MAX_SHOWN ? [`  and ${errors.length - MAX_SHOWN} more`] : []),
    ...candidates.map(({ analyzerArn }) => `  --analyzer-arn ${analyzerArn}`),
    ...(code === 'internal' ? [`Its id: ${instance}`] : []),
    `What to do: ${advice}`,
  ].join('\n');
}
