import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from './service-process.ts';

/** What a process has loaded by its end. */
export interface LoadedModules {
  /** The packages, such as `@fastify/helmet`. */
  readonly packages: ReadonlySet<string>;
  /** Files, as URLs. */
  readonly files: readonly string[];
  /** Whether it needed the compiler of TypeScript, because a file was not in the compile cache. */
  readonly compiledTypes: boolean;
}

/** Written in JavaScript and handed over in the URL itself, so that it loads nothing that the service would not. */
const NOTE_MODULES = `
import { registerHooks } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { writeFileSync } from 'node:fs';
const files = new Set();
registerHooks({ resolve(specifier, context, next) { const found = next(specifier, context); files.add(found.url); return found; } });
if (isMainThread) process.on('exit', () => {
  const compiledTypes = process.moduleLoadList.some((name) => name.includes('amaro'));
  writeFileSync(process.env.MODULES_FILE, JSON.stringify({ files: [...files], compiledTypes }));
});`;

/** Variables of a process whose modules are to be noted, and what it has loaded, once it has ended by itself or by SIGTERM. */
export function noteModules(): { readonly env: Readonly<Record<string, string>>; readonly loaded: () => LoadedModules } {
  const file = join(testFolder(), 'modules.json');
  return {
    env: { MODULES_FILE: file, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(NOTE_MODULES)}` },
    loaded: () => {
      const { files, compiledTypes }: Pick<LoadedModules, 'files' | 'compiledTypes'> = JSON.parse(readFileSync(file, 'utf8'));
      return {
        files,
        compiledTypes,
        packages: new Set(files.flatMap((url) => /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? [])),
      };
    },
  };
}
