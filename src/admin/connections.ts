import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What clients may use up before their connections are closed. Times are ms. */
export interface ConnectionLimits {
  /** The most open connections; further ones are closed at once. */
  readonly max: number;
  /** For the header of a request, from the opening of the connection or the first byte on. */
  readonly headerMs: number;
  /** For a whole request. */
  readonly requestMs: number;
  /** How often those two times are checked. */
  readonly checkEveryMs: number;
  /** For an answer that its client does not read, and for any other silence within a request. */
  readonly silentMs: number;
  /** Until the next request of a connection. Longer than the 60 s of common load balancers, which must be the first to close it. */
  readonly idleMs: number;
  /** When the service stops: for the rest of a request that has begun. */
  readonly lastRequestMs: number;
  /** When the service stops: for answers that are on their way. More than the time limit of a route. */
  readonly lastAnswerMs: number;
}

/** The limits of the service. Far more connections than people, probes and a proxy need, and fewer than a process may open. */
export const CONNECTION_LIMITS: ConnectionLimits = {
  max: 500,
  headerMs: 10_000,
  requestMs: 30_000,
  checkEveryMs: 1_000,
  silentMs: 60_000,
  idleMs: 72_000,
  lastRequestMs: 1_000,
  lastAnswerMs: 6_000,
};

/** The connections of the admin API, all of which can be closed: `server.close` waits for those that never sent a byte. */
export interface Connections {
  /** A server within the limits. There are two of them where `localhost` is both 127.0.0.1 and ::1. */
  createServer(handler: RequestListener): Server;
  /** Closes connections without a request at once, and the others after their answers, or when their time is up. */
  end(): void;
}

/** @param onFull hears once that there are too many connections, and again only after some were closed */
export function createConnections(limits: ConnectionLimits, onFull: () => void): Connections {
  /** Each open connection with its unfinished answers. */
  const open = new Map<Socket, Set<ServerResponse>>();
  let isEnding = false;
  let isFull = false;

  function add(socket: Socket): void {
    if (isEnding) {
      socket.destroy();
      return;
    }
    open.set(socket, new Set());
    socket.once('close', () => {
      open.delete(socket);
      isFull = false;
    });
  }

  function note(answer: ServerResponse): void {
    const { socket } = answer.req;
    const answers = open.get(socket);
    answers?.add(answer);
    answer.once('close', () => {
      answers?.delete(answer);
      if (isEnding && answers?.size === 0) socket.destroySoon();
    });
  }

  function close(isOver: (answers: ReadonlySet<ServerResponse>) => boolean): void {
    for (const [socket, answers] of open) if (isOver(answers)) socket.destroy();
  }

  return {
    createServer(handler) {
      const server = createServer(
        {
          headersTimeout: limits.headerMs,
          requestTimeout: limits.requestMs,
          connectionsCheckingInterval: limits.checkEveryMs,
          keepAliveTimeout: limits.idleMs,
        },
        handler,
      );
      server.maxConnections = limits.max;
      server.setTimeout(limits.silentMs);
      server.on('connection', add);
      server.prependListener('request', (_request, answer: ServerResponse) => note(answer));
      server.on('drop', () => {
        if (!isFull) onFull();
        isFull = true;
      });
      return server;
    },
    end() {
      isEnding = true;
      close((answers) => answers.size === 0);
      setTimeout(() => close((answers) => [...answers].some(({ req }) => !req.complete)), limits.lastRequestMs).unref();
      setTimeout(() => close(() => true), limits.lastAnswerMs).unref();
    },
  };
}
