const WITHIN_MS = 10_000;

/** Asks a process as an operator does. An answer that does not come, or refuses, is empty: the operator tries again later. */
export async function askReplica(
  address: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  try {
    const init = { method, headers, signal: AbortSignal.timeout(WITHIN_MS), ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await fetch(`${address}${path}`, init);
    return answer.ok ? Object(await answer.json()) : {};
  } catch {
    return {};
  }
}
