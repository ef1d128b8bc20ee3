import type { MessagePart } from '../../../src/intake/message-part.ts';
import { readMessage } from '../../../src/intake/read-message.ts';

/** Later than every time in the fixtures and the official samples. */
const READ_AT = Date.parse('2026-11-01T00:00:00Z');

/** The parts of a message. */
export function readAll(body: string, allowed: readonly string[] | null = null): readonly MessagePart[] {
  return readMessage(body, READ_AT, allowed === null ? null : new Set(allowed));
}

/** The only part of a message. @throws Error when it has none or several */
export function readOne(body: string, allowed: readonly string[] | null = null): MessagePart {
  const [part, ...more] = readAll(body, allowed);
  if (part === undefined || more.length > 0) throw new Error(`Not one part; parts after the first: ${more.length}`);
  return part;
}
