/** From a system call other than `connect`, the same code means an open connection, and the request may have been read. */
const CONNECT_CODES = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'];
const LATE = '_LATER';

function isLate(error: Error & { readonly code?: unknown }): boolean {
  return CONNECT_CODES.some((code) => code === error.code) && 'syscall' in error && error.syscall !== 'connect';
}

/** The code of a fault below HTTP. Several addresses may have been tried: only when all agree does their code count. */
export function networkCode(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  if (error.name === 'TimeoutError') return 'TIMEOUT';
  if (error instanceof AggregateError && error.errors.length > 0) {
    const codes = new Set(error.errors.map(networkCode));
    return codes.size === 1 ? ([...codes][0] ?? 'UNKNOWN') : 'UNKNOWN';
  }
  if ('code' in error && typeof error.code === 'string') return `${error.code}${isLate(error) ? LATE : ''}`;
  return error.cause === undefined ? 'UNKNOWN' : networkCode(error.cause);
}
