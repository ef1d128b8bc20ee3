import { readFileSync } from 'node:fs';
import closeWithGrace from 'close-with-grace';
import { createApp, STOP_MS, type App } from './app.ts';
import { fileAdvice } from './config/file-advice.ts';
import { readEnvironment } from './config/environment.ts';
import { inRulesFile, readRulesFile } from './config/rules-file.ts';
import type { Settings } from './config/settings.ts';
import { shownValue } from './config/shown-value.ts';
import { parseRules, type CompiledRules } from './rules/parse-rules.ts';

/** The process: environment, app, start, and an orderly end. Exit code 1: a setting is wrong, or work can't go on in this process. */

// The store says who can reach what, and SQLite would make its files readable for everyone.
process.umask(0o077);

const environment = readEnvironment(process.env, (path) => readFileSync(path, 'utf8'));
if (!environment.ok) endWith(environment.problems);
for (const warning of environment.warnings) process.stderr.write(`${warning}\n`);

const rules = loadRules(environment.settings);
if (!rules.ok) endWith(rules.problems);

const app = await start(environment.settings, rules.rules);
closeWithGrace({ delay: STOP_MS }, async ({ err }) => {
  if (err !== undefined) process.stderr.write(`Ending after an unexpected error: ${err.stack ?? err.message}\n`);
  await app.stop();
});

async function start(settings: Settings, compiled: CompiledRules): Promise<App> {
  try {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    const made = await createApp(settings, compiled, String(version), { onFatal: (line) => endWith([line]) });
    await made.start();
    return made;
  } catch (error) {
    return endWith([error instanceof Error ? error.message : String(error)]);
  }
}

function loadRules({
  rulesFile,
}: Settings): { readonly ok: true; readonly rules: CompiledRules } | { readonly ok: false; readonly problems: readonly string[] } {
  let text: string;
  try {
    text = readFileSync(rulesFile, 'utf8');
  } catch (error) {
    return { ok: false, problems: [`RULES_FILE: expected a file that can be read, not ${shownValue(rulesFile)}: ${fileAdvice(error)}`] };
  }
  const read = readRulesFile(rulesFile, text);
  if (!read.ok) return read;
  const parsed = parseRules(read.input);
  return parsed.ok ? parsed : { ok: false, problems: inRulesFile(rulesFile, parsed.problems) };
}

function endWith(problems: readonly string[]): never {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exit(1);
}
