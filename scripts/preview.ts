import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { issueExamples } from './issue-examples.ts';
import { previewMessage, previewText, rulesFrom } from './preview-issue.ts';

/**
 * Shows the issue of an event, and sends nothing: `npm run preview -- event.json`, with `--rules rules.yaml` for other rules than the shipped
 * ones and `--json` for the draft as JSON. `--write-examples` writes docs/issue-examples.md.
 */
const ROOT = join(import.meta.dirname, '..');
const USAGE = 'npm run preview -- <event file> [--rules <rules file>] [--json], or --write-examples';

try {
  process.stdout.write(run());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function run(): string {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rules: { type: 'string' }, json: { type: 'boolean' }, 'write-examples': { type: 'boolean' } },
  });
  if (values['write-examples'] === true) {
    writeFileSync(join(ROOT, 'docs/issue-examples.md'), issueExamples());
    return 'Wrote docs/issue-examples.md\n';
  }
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new Error(USAGE);
  const previews = previewMessage(readFileSync(file, 'utf8'), rulesFrom(values.rules ?? join(ROOT, 'config/routing-rules.yaml')));
  if (values.json === true) return `${JSON.stringify(previews, null, 2)}\n`;
  return previews.map(previewText).join('\n');
}
