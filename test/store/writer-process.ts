import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { put } from '../../src/pipeline/ports/store.ts';
import { openEmbeddedStore } from '../../src/store/embedded-store.ts';
import { NOTES, note, trust, versionsOf } from './note.ts';

/**
 * A process that opens the embedded store in the given folder, and writes pairs of documents forever, several at a time. It prints the number
 * of each pair on its own line, only after the pair was acknowledged. An error's code is printed, too, and ends it.
 */
const TOGETHER = 5;
const [, , dataDir = ''] = process.argv;
const emit = (line: string): void => void writeSync(1, `${line}\n`);

try {
  const store = openEmbeddedStore(dataDir, { now: () => Date.now(), monotonic: () => performance.now() });
  await trust(store);
  emit('open');
  // Text that can't be compressed, so that a disk is full as soon.
  const text = randomBytes(1_500).toString('base64');
  const write = async (i: number): Promise<void> => {
    versionsOf(
      await store.commit([
        put(NOTES, `${i}-left`, null, note({ text, words: ['left'] })),
        put(NOTES, `${i}-right`, null, note({ text, words: ['right'] })),
      ]),
    );
    emit(`${i}`);
  };
  for (let i = 0; ; i += TOGETHER) await Promise.all(Array.from({ length: TOGETHER }, (_, n) => write(i + n)));
} catch (error) {
  emit(error instanceof Error && 'code' in error ? String(error.code) : String(error));
  process.exitCode = 1;
}
