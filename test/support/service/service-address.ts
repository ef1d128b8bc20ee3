/** Where a service says in its log that it listens, such as `http://127.0.0.1:40123`; null: it has not said so yet. */
export function addressIn(log: string): string | null {
  return /"address":"(http:[^"]+)"/.exec(log)?.[1] ?? null;
}
