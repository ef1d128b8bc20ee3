import { existsSync } from 'node:fs';
import type { ServedFile } from './admin/served-files.ts';
import type { Part } from './pipeline/ports/part.ts';
import type { RuleSet } from './rules/routing-rule.ts';
import { SettingRefused } from './pipeline/ports/setting-refused.ts';

/**
 * Imports the parts that are on. Only the name of a part's folder is known here, so that the service works without the folders.
 * @param known the variables, and the parts of the rules file beside the rules, that turn a part on, by its name
 * @param settings the variables of parts that are set
 * @param ruleSet that of the rules file
 * @throws SettingRefused when the part that a variable turns on is missing
 */
export async function loadParts(
  known: Readonly<Record<string, readonly string[]>>,
  settings: Readonly<Record<string, string>>,
  ruleSet: RuleSet,
): Promise<readonly Part[]> {
  const on = Object.entries(known).flatMap(([name, switches]) => {
    const variable = switches.find((one) => settings[one] !== undefined);
    if (variable !== undefined) return [{ name, variable }];
    return switches.some((one) => Object.hasOwn(ruleSet, one)) ? [{ name, variable: 'RULES_FILE' }] : [];
  });
  return Promise.all(on.map(({ name, variable }) => loadPart(name, variable)));
}

async function loadPart(name: string, variable: string): Promise<Part> {
  const loaded: unknown = await import(`./parts/${name}/${name}-part.ts`).catch((error: unknown) => {
    throw new SettingRefused(variable, `set, but this service has no part ${name}, expected the folder src/parts/${name}`, {
      cause: error,
    });
  });
  if (isPartModule(loaded)) return loaded.part;
  throw new SettingRefused(variable, `set, but src/parts/${name} exports no part`);
}

function isPartModule(loaded: unknown): loaded is { readonly part: Part } {
  if (typeof loaded !== 'object' || loaded === null || !('part' in loaded)) return false;
  const { part } = loaded;
  return typeof part === 'object' && part !== null && 'start' in part && typeof part.start === 'function';
}

/** The files of the admin page, the one part that is on without a setting. Empty where its folder is left out. */
export async function loadPage(): Promise<readonly ServedFile[]> {
  const entry = new URL('./parts/page/page.ts', import.meta.url);
  if (!existsSync(entry)) return [];
  const loaded: unknown = await import(entry.href);
  if (!isPage(loaded)) throw new Error('src/parts/page exports no page');
  return (await loaded.readPage()).files;
}

function isPage(loaded: unknown): loaded is { readPage(): Promise<{ readonly files: readonly ServedFile[] }> } {
  return typeof loaded === 'object' && loaded !== null && 'readPage' in loaded && typeof loaded.readPage === 'function';
}
