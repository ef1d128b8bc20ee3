import { openContext, showValue, type OutputOptions } from '../command-context.ts';
import { followOperation, Started, type WaitOptions } from '../follow-operation.ts';
import { safeText } from '../safe-text.ts';
import type { Terminal } from '../terminal.ts';

export interface SweepOptions extends OutputOptions, WaitOptions {
  readonly dryRun?: boolean;
}

/** Compares AWS and Jira with the store now. */
export async function startSweep(terminal: Terminal, { dryRun = false, ...options }: SweepOptions): Promise<void> {
  const context = await openContext(terminal);
  const started = await context.api.send(Started, 'POST', 'api/v1/sweeps', { body: { json: { dryRun } } });
  const operation = await followOperation(context, started, options);
  if (operation === null) return;
  if (options.output !== 'table') return showValue(terminal, options.output, operation.result);
  const head = dryRun ? 'A sweep would do this; nothing was changed' : 'The sweep is done';
  terminal.out.write(`${[head, ...resultLines(operation.result, '  ')].join('\n')}\n`);
}

/** The figures of a result by their names in the API, without those that say nothing. */
export function resultLines(value: unknown, indent: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]: [string, unknown]) => {
    if (typeof one !== 'object' || one === null) return isSilent(one) ? [] : [`${indent}${safeText(`${name}: ${figureWords(name, one)}`)}`];
    const inner = Array.isArray(one) ? one.map((entry) => `${indent}  - ${safeText(entryWords(entry))}`) : resultLines(one, `${indent}  `);
    return inner.length === 0 ? [] : [`${indent}${safeText(name)}:`, ...inner];
  });
}

/** Times in results are numbers, epoch ms. */
function figureWords(name: string, value: unknown): string {
  return name.endsWith('At') && typeof value === 'number' ? new Date(value).toISOString() : String(value);
}

/** An entry of a list in one line. */
function entryWords(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null) return String(entry);
  const parts = Object.entries(entry).filter(([, one]: [string, unknown]) => !isSilent(one) && typeof one !== 'object');
  return parts.map(([name, one]: [string, unknown]) => `${name}: ${String(one)}`).join(', ');
}

function isSilent(value: unknown): boolean {
  return value === null || value === 0 || value === false;
}
