import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A proxy between a client and Redis, which can silence its connections without closing them. */
export interface HalfOpenProxy {
  readonly url: string;
  /** From now on nothing passes through the connections that exist; new ones work. @returns how many fell silent */
  silence(): number;
  /** From now on new connections lead to another port, as when a name is given to another server. */
  turnTo(port: number): void;
  close(): void;
}

export async function startHalfOpenProxy(targetPort: number): Promise<HalfOpenProxy> {
  let port = targetPort;
  const pairs: { client: Socket; target: Socket; silent: boolean }[] = [];
  const server = createServer((client) => {
    const pair = { client, target: connect(port, '127.0.0.1'), silent: false };
    pairs.push(pair);
    for (const [from, to] of [
      [pair.client, pair.target],
      [pair.target, pair.client],
    ] as const) {
      from.on('data', (data) => {
        if (!pair.silent) to.write(data);
      });
      from.on('error', () => {});
      from.on('close', () => {
        if (!pair.silent) to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No free port');
  return {
    url: `redis://127.0.0.1:${address.port}`,
    silence() {
      const open = pairs.filter((pair) => !pair.silent && !pair.client.destroyed);
      for (const pair of open) pair.silent = true;
      return open.length;
    },
    turnTo(to) {
      port = to;
    },
    close() {
      server.close();
      for (const { client, target } of pairs) {
        client.destroy();
        target.destroy();
      }
    },
  };
}
