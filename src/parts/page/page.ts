import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the page as a web server sends it. */
export interface PageFile {
  readonly path: string;
  readonly type: string;
  readonly body: string | Buffer;
  /** @param origins where the document may send requests besides its own service */
  readonly contentSecurityPolicy?: (origins: readonly string[]) => string;
}

/** A part that only adds files to read. */
export interface Page {
  readonly name: 'page';
  readonly files: readonly PageFile[];
}

const ASSETS = join(import.meta.dirname, 'assets');
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Packages that the browser loads, under the names by which the page imports them. */
const PACKAGES = {
  preact: { path: '/page/packages/preact.js', file: import.meta.resolve('preact') },
  'preact/hooks': { path: '/page/packages/preact-hooks.js', file: import.meta.resolve('preact/hooks') },
  htm: { path: '/page/packages/htm.js', file: import.meta.resolve('htm') },
};

/** What the first view needs, so that the browser asks for all of it at once instead of import by import. */
const LATER = /^(?:views\/(?!overview)|index\.html)/;

/** Reads the admin page: the document at `/`, its sources under `/page/`, and the packages that they import. */
export async function readPage(): Promise<Page> {
  const names = (await readdir(ASSETS, { recursive: true })).map((name) => name.replaceAll('\\', '/')).toSorted();
  const sources = names.filter((name) => TYPES[extname(name)] !== undefined);
  const own = await Promise.all(sources.map(async (name) => fileOf(`/page/${name}`, await readFile(join(ASSETS, name), 'utf8'))));
  const packages = await Promise.all(
    Object.values(PACKAGES).map(async ({ path, file }) => fileOf(path, withoutMap(await readFile(fileURLToPath(file), 'utf8')))),
  );
  const modules = sources.filter((name) => name.endsWith('.js') && name !== 'theme.js' && !LATER.test(name)).map((name) => `/page/${name}`);
  const document = documentOf(await readFile(join(ASSETS, 'index.html'), 'utf8'), [...packages.map(({ path }) => path), ...modules]);
  return { name: 'page', files: [document, ...own, ...packages] };
}

function fileOf(path: string, body: string): PageFile {
  return { path, type: TYPES[extname(path)] ?? 'application/octet-stream', body };
}

/** The map is not served. */
function withoutMap(text: string): string {
  return text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
}

/** Puts the import map and the modules to load into the template, and allows by hash only this import map. */
function documentOf(template: string, preloads: readonly string[]): PageFile {
  const importMap = JSON.stringify({ imports: Object.fromEntries(Object.entries(PACKAGES).map(([name, { path }]) => [name, path])) });
  const head = [
    `<script type="importmap">${importMap}</script>`,
    ...preloads.map((path) => `<link rel="modulepreload" href="${path}" />`),
  ].join('\n    ');
  const hash = createHash('sha256').update(importMap).digest('base64');
  return {
    path: '/',
    type: 'text/html; charset=utf-8',
    body: template.replace('<!-- modules -->', head),
    contentSecurityPolicy: (origins) =>
      [
        "default-src 'none'",
        `script-src 'self' 'sha256-${hash}'`,
        "style-src 'self'",
        "img-src 'self'",
        `connect-src ${["'self'", ...origins].join(' ')}`,
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ].join('; '),
  };
}
