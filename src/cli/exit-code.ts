/** The exit codes of f2j. Scripts rely on them; docs/f2j.md lists them. */
export const EXIT = {
  ok: 0,
  /** The service refused the request, an operation or a test failed, a check found a problem, or the question was answered with no. */
  failed: 1,
  /** As of a shell's own commands: a wrong command, option, variable or file. */
  usage: 2,
  /** No answer came, something else than the service answered, or an export broke off. */
  unreachable: 3,
  /** As of GitHub's gh: a token is missing or not valid, or its role is not enough. */
  notAllowed: 4,
  /** 128 and the number of SIGINT, as shells count. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a message for people, a line for each thing to know, and the exit code. */
export class CommandFailed extends Error {
  readonly exitCode: ExitCode;
  constructor(exitCode: ExitCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}

/** Ctrl-C. */
export function interrupted(): CommandFailed {
  return new CommandFailed(EXIT.interrupted, 'Interrupted');
}
