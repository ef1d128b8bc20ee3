import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { until } from '../until.ts';

/** A TCP connection to an HTTP server that sends exactly the bytes of a test. Ends with the test. */
export interface RawConnection {
  readonly socket: Socket;
  send(text: string): void;
  /** All that was received so far. */
  received(): string;
  /** Waits until this was received. */
  receives(text: string): Promise<void>;
  /** The other end has closed the connection, in order or not. */
  isClosed(): boolean;
}

/** @param url of the server; only host and port count @param text what is sent at once */
export async function openRaw(url: string, text = ''): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  let [received, closed] = ['', false];
  socket.on('data', (chunk) => (received += String(chunk)));
  socket.on('close', () => (closed = true));
  // A reset is one of the ways to close.
  socket.on('error', () => (closed = true));
  await once(socket, 'connect');
  if (text !== '') socket.write(text);
  return {
    socket,
    send: (more) => void socket.write(more),
    received: () => received,
    receives: (wanted) => until(() => received.includes(wanted), `${JSON.stringify(wanted)} is received`),
    isClosed: () => closed,
  };
}
