import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { parseInThread } from '../src/config/parse-text.ts';

/**
 * Fills the folder `NODE_COMPILE_CACHE` with the compiled form of all that the service and f2j may load, also of what only some settings load:
 * a single file that is missing there costs every start the compiler of TypeScript, which is 30 MB. Fails when a module or its package is missing.
 */
const root = join(import.meta.dirname, '..');

/** They run when they are imported. */
const PROGRAMS = ['main.ts', 'cli/main.ts', 'proof/main.ts', 'config/parse-thread.ts'];

const files = globSync('**/*.ts', { cwd: join(root, 'src'), exclude: ['sandbox/**', ...PROGRAMS] });
for (const file of files) await import(join(root, 'src', file));
// They are compiled by other processes and by a thread, each of which adds what it compiled when it ends.
const service = spawnSync(process.execPath, [join(root, 'src/main.ts')], { env: cacheAlone(), encoding: 'utf8' });
if (!service.stderr.includes('SQS_QUEUE_URL')) throw new Error(`The service did not ask for its settings: ${service.stderr}`);
const f2j = spawnSync(process.execPath, [join(root, 'src/cli/main.ts'), '--version'], { env: cacheAlone(), encoding: 'utf8' });
if (f2j.status !== 0) throw new Error(`f2j did not run: ${f2j.stderr}`);
const parsed = await parseInThread('version: 1', 'yaml');
if (!parsed.ok) throw new Error('The thread did not parse a text');
flushCompileCache();
console.log(`Compiled ${files.length} files of src with their packages`);

/** No setting of this process: the service is to end at once. */
function cacheAlone(): Record<string, string> {
  return { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '' };
}
