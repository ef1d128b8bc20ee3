import { openContext } from '../command-context.ts';
import { CommandFailed, EXIT } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';

const TYPES = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;

/** The parameters of the API, by their names there, which checks them. */
export interface ExportOptions {
  readonly from?: string;
  readonly to?: string;
  readonly format: 'csv' | 'ndjson';
}

/** Writes an export as it comes, each character as it is: never to a terminal, which might obey some of them. */
export async function exportEvidence(terminal: Terminal, { from, to, format }: ExportOptions): Promise<void> {
  if (terminal.out.isTerminal) throw new CommandFailed(EXIT.usage, `Send the export to a file or a pipe: f2j export > evidence.${format}`);
  const { api } = await openContext(terminal);
  await api.download('api/v1/export', { from, to, format }, TYPES[format], (piece) => terminal.out.write(piece));
}
