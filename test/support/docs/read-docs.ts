import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Step } from '../../../src/issues/step.ts';

/** Reads the documents for the tests that hold them against the code. */

export const ROOT = join(import.meta.dirname, '../../..');

export const DOCUMENTS = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...filesUnder('docs').filter((file) => file.endsWith('.md')),
];

/** Names of the collections of the store. */
export const COLLECTIONS: readonly string[] = await collectionNames();

async function collectionNames(): Promise<string[]> {
  const files = filesUnder('src/pipeline/records').filter((file) => file.endsWith('-collections.ts'));
  const modules: object[] = await Promise.all(files.map((file) => import(join(ROOT, file))));
  return modules.flatMap((module) => Object.values<unknown>({ ...module })).flatMap((one) => (isNamed(one) ? [one.name] : []));
}

function isNamed(value: unknown): value is { readonly name: string } {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
}

/** Every step; `satisfies` makes the compiler compare the list with the type, both ways. */
export const STEPS: readonly string[] = Object.keys({
  create: 0,
  close: 0,
  reopen: 0,
  correct: 0,
  link: 0,
  finish: 0,
  forget: 0,
  'add-marker': 0,
  label: 0,
  'remove-marker': 0,
  update: 0,
  'write-membership': 0,
  nothing: 0,
} satisfies Record<Step['step'], 0>);

export function filesUnder(folder: string): string[] {
  const found = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return found.map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** The text below a heading, up to the next heading of its level or above. */
export function sectionUnder(text: string | undefined, heading: string): string {
  const lines = (text ?? '').split('\n');
  const from = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (from === -1) throw new Error(`There is no heading ${heading}`);
  const level = lines[from]?.indexOf(' ') ?? 0;
  const length = lines.slice(from + 1).findIndex((line) => /^#+ /.test(line) && line.indexOf(' ') <= level);
  return lines.slice(from + 1, length === -1 ? undefined : from + 1 + length).join('\n');
}

/** The tables below a heading; of each row the cells, without the head. */
export function tablesUnder(text: string | undefined, heading: string): string[][][] {
  const section = sectionUnder(text, heading);
  return [...section.matchAll(/(?:^\|.*\n?)+/gm)].map(([table]) => table.trim().split('\n').slice(2).map(cellsOf));
}

export function rowsUnder(text: string | undefined, heading: string): string[][] {
  return tablesUnder(text, heading).flat();
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

export function codesIn(text: string | undefined): string[] {
  return [...(text ?? '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** As GitHub makes them. */
export function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

export function sorted(names: readonly string[]): string[] {
  return names.toSorted();
}
