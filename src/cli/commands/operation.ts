import { openContext, showValue, type OutputOptions } from '../command-context.ts';
import { followOperation, Operation, operationPath, type WaitOptions } from '../follow-operation.ts';
import { safeText } from '../safe-text.ts';
import type { Terminal } from '../terminal.ts';
import { resultLines } from './sweep.ts';

export interface OperationOptions extends OutputOptions, WaitOptions {
  readonly cancel?: boolean;
}

/** Follows an operation to its end, or cancels it. */
export async function showOperation(terminal: Terminal, id: string, { cancel = false, output, wait }: OperationOptions): Promise<void> {
  const context = await openContext(terminal);
  if (cancel) await context.api.send(Operation, 'DELETE', operationPath(id));
  // A cancelled one has ended, and following it would call that a failure.
  const operation =
    cancel || !wait ? await context.api.read(Operation, operationPath(id)) : await followOperation(context, { id }, { wait });
  if (operation === null) return;
  if (output !== 'table') return showValue(terminal, output, operation);
  const { kind, state, done, total, result } = operation;
  const head = `${safeText(kind)}: ${safeText(state)}, ${done} of ${total ?? 'an unknown number'}`;
  terminal.out.write(`${[head, ...(result === null ? [] : resultLines(result, '  '))].join('\n')}\n`);
}
