import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For service processes: they start often, and need not compile the same files each time. */
export const COMPILE_CACHE: Readonly<Record<string, string>> = { NODE_COMPILE_CACHE: join(tmpdir(), 'f2j-compile-cache') };
