import { join } from 'node:path';
import { showValue, type OutputOptions } from '../command-context.ts';
import { readFile } from '../read-file.ts';
import { safeLines } from '../safe-text.ts';
import type { Terminal } from '../terminal.ts';
import { previewMessage, previewText } from './preview-issue.ts';
import { rulesFrom } from './rules-from.ts';

const SHIPPED_RULES = join(import.meta.dirname, '../../../config/routing-rules.yaml');

export interface PreviewOptions extends OutputOptions {
  /** A rules file; left out: the shipped one. */
  readonly rules?: string;
}

/** Shows the issue of an event. Needs no service, and sends nothing. */
export async function showPreview(terminal: Terminal, file: string, { rules = SHIPPED_RULES, output }: PreviewOptions): Promise<void> {
  const previews = previewMessage(readFile(file), rulesFrom(rules));
  if (output !== 'table') return showValue(terminal, output, previews);
  terminal.out.write(safeLines(previews.map(previewText).join('\n')));
}
