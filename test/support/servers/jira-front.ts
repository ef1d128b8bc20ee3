import { once } from 'node:events';
import { createServer, request, type ServerResponse } from 'node:http';

/** How Jira is down. `refused`: nothing listens. `retry-after`: 503 with `Retry-After`. `hangs`: no answer ever. `page`: a login page with status 200. */
export const OUTAGES = ['refused', 'unavailable', 'retry-after', 'hangs', 'page'] as const;

export type Outage = (typeof OUTAGES)[number];

/** What stands in front of a simulated Jira, and can take it away from everyone. */
export interface JiraFront {
  /** Base URL in place of Jira's own. */
  readonly url: string;
  /** From now on; null: Jira is reached. */
  turn(outage: Outage | null): Promise<void>;
  /** Requests that came while Jira was down, without those that got no connection. */
  turnedAway(): number;
  close(): Promise<void>;
}

/** Of `retry-after`, s. */
const RETRY_AFTER_S = 20;

export async function startJiraFront(target: string): Promise<JiraFront> {
  let outage: Outage | null = null;
  let turnedAway = 0;
  const server = createServer((asked, reply) => {
    if (outage !== null) {
      turnedAway += 1;
      return refuse(reply, outage);
    }
    const { method, headers, url = '/' } = asked;
    const passed = request(new URL(url, target), { method, headers }, (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(reply);
    });
    passed.on('error', () => reply.destroy());
    asked.pipe(passed);
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('No free port');
    return address.port;
  };
  const stop = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  const port = await listen(0);
  return {
    url: `http://127.0.0.1:${port}`,
    async turn(next) {
      outage = next;
      // Requests that hang from before are no part of what follows.
      server.closeAllConnections();
      if (next === 'refused' && server.listening) await stop();
      if (next !== 'refused' && !server.listening) await listen(port);
    },
    turnedAway: () => turnedAway,
    close: async () => (server.listening ? stop() : undefined),
  };
}

function refuse(reply: ServerResponse, outage: Outage): void {
  if (outage === 'hangs') return;
  const status = outage === 'page' ? 200 : 503;
  const more = outage === 'retry-after' ? { 'retry-after': String(RETRY_AFTER_S) } : {};
  reply.writeHead(status, { 'content-type': 'text/html', ...more });
  reply.end('<html><body>Atlassian</body></html>');
}
