import { createApi, type Api } from './api-client.ts';
import { readConnection } from './connection.ts';
import { CommandFailed, EXIT } from './exit-code.ts';
import { paint, renderTable, type Column } from './table.ts';
import type { Terminal } from './terminal.ts';

/** `table`: for people. */
export type Format = 'table' | 'json' | 'yaml' | 'csv';

/** Options of every command that shows something. */
export interface OutputOptions {
  readonly output: Format;
}

/** What a command works with. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly api: Api;
}

/** The network is loaded only now, so that help and completion come at once. @throws CommandFailed */
export async function openContext(terminal: Terminal): Promise<CommandContext> {
  const connection = readConnection(terminal.env);
  const [{ createNetwork }, { readProxies }] = await Promise.all([import('../network/create-network.ts'), import('./read-proxies.ts')]);
  const { fetch } = createNetwork(readProxies(terminal.env));
  return { terminal, api: createApi(connection, fetch, terminal.interrupted) };
}

/** A list, in the form that was asked for. @param empty for people, where there is nothing */
export async function showList<T>(
  terminal: Terminal,
  { output }: OutputOptions,
  columns: readonly Column<T>[],
  items: readonly T[],
  empty: string,
): Promise<void> {
  if (output === 'csv') {
    const { renderCsv } = await import('./csv.ts');
    terminal.out.write(renderCsv(columns, items));
  } else if (output === 'table') terminal.out.write(items.length === 0 ? `${empty}\n` : renderTable(columns, items, terminal.out));
  else await showValue(terminal, output, items);
}

/** A value as JSON or YAML. @throws CommandFailed where CSV was asked for, which is for lists */
export async function showValue(terminal: Terminal, output: Exclude<Format, 'table'>, value: unknown): Promise<void> {
  if (output === 'csv') throw new CommandFailed(EXIT.usage, 'CSV is for lists; this is a single thing. Use -o json or -o yaml');
  if (output === 'yaml') {
    const { safeYaml } = await import('./safe-yaml.ts');
    terminal.out.write(safeYaml(value));
    return;
  }
  const { safeJson } = await import('./safe-text.ts');
  terminal.out.write(`${safeJson(value)}\n`);
}

/** A remark beside the output; it goes to the error stream, so that the output stays clean. The text must be safe. */
export function remark({ err }: Terminal, text: string): void {
  err.write(`${paint(text, 'dim', err)}\n`);
}
