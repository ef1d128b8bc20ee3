/** The address at which a service listens, from its log, such as `http://127.0.0.1:40123`; null: not logged yet. */
export function addressIn(log: string): string | null {
  return /"address":"(http:[^"]+)"/.exec(log)?.[1] ?? null;
}
