/** The logger that a client of the AWS SDK takes. */
interface SdkLog {
  trace(...content: unknown[]): void;
  debug(...content: unknown[]): void;
  info(...content: unknown[]): void;
  warn(...content: unknown[]): void;
  error(...content: unknown[]): void;
}

/** Where the warnings go. */
export interface WarningLog {
  warn(data: object, text: string): void;
}

/** More different warnings than the SDK has. */
const MAX_KEPT = 100;

const MAX_TEXT = 500;

/**
 * Takes the warnings that the SDK would write to the console with every call, and logs each once. Its other lines stay out: they hold requests
 * and answers, and errors are reported by the part that made the call.
 */
export function createSdkLog(log: WarningLog): SdkLog {
  const seen = new Set<string>();
  const silent = (): void => undefined;
  return {
    trace: silent,
    debug: silent,
    info: silent,
    error: silent,
    warn(first) {
      const warning = first instanceof Error ? first.message : first;
      if (typeof warning !== 'string' || seen.has(warning) || seen.size >= MAX_KEPT) return;
      seen.add(warning);
      log.warn({ warning: warning.replaceAll(/\s+/g, ' ').slice(0, MAX_TEXT) }, 'The AWS SDK warns');
    },
  };
}
