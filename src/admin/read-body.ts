import type { IncomingMessage } from 'node:http';
import { RequestRefused } from './problem.ts';

/**
 * Reads the body of a request as text.
 * @param limit bytes; nothing more is read, whatever the header said
 * @param onLength hears after each part how many bytes there are so far; may throw to end the reading
 * @throws RequestRefused when it is longer, or ends early; and the error of `onLength`
 */
export function readBody(payload: IncomingMessage, limit: number, onLength: (length: number) => void = () => undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;

    function end(): void {
      payload.off('data', onData).off('end', onEnd).off('error', onError);
    }

    function onData(chunk: Buffer): void {
      length += chunk.length;
      chunks.push(chunk);
      try {
        if (length > limit) throw tooLarge(limit);
        onLength(length);
      } catch (error) {
        end();
        reject(error);
      }
    }

    function onEnd(): void {
      end();
      resolve(Buffer.concat(chunks, length).toString('utf8'));
    }

    function onError(): void {
      end();
      reject(new RequestRefused('invalid-request', 'The body ended early'));
    }

    payload.on('data', onData).on('end', onEnd).on('error', onError);
  });
}

/** Refuses a body that is longer than its limit, bytes. */
export function tooLarge(limit: number): RequestRefused {
  return new RequestRefused('body-too-large', `The body is larger than this address takes with this role: ${limit} bytes`);
}
