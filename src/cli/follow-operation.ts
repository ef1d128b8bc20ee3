import { Type, type Static } from 'typebox';
import type { Api } from './api-client.ts';
import { CommandFailed, EXIT } from './exit-code.ts';
import { safeText } from './safe-text.ts';
import { paint } from './table.ts';
import type { Terminal } from './terminal.ts';
import { remark, type CommandContext } from './command-context.ts';

/** Operations write their progress once in a second. */
const EVERY_MS = 500;
/** A service may be restarted meanwhile; another process goes on with the operation. */
const MAX_SILENT_MS = 60_000;
const BAR = 24;

/** The body of a 202. */
export const Started = Type.Object({ id: Type.String(), kind: Type.String() });

export const Operation = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  state: Type.String(),
  done: Type.Integer(),
  total: Type.Union([Type.Integer(), Type.Null()]),
  result: Type.Unknown(),
  error: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()]),
});

export type Operation = Static<typeof Operation>;

/** Of the commands that start an operation. */
export interface WaitOptions {
  /** False: only start it. */
  readonly wait: boolean;
}

export function operationPath(id: string): string {
  return `api/v1/operations/${encodeURIComponent(id)}`;
}

/**
 * Follows an operation to its end, with a progress bar where a person looks.
 * @returns null: it was only started
 * @throws CommandFailed when it fails; Ctrl-C ends only this
 */
export async function followOperation(
  { api, terminal }: CommandContext,
  { id }: { readonly id: string },
  { wait }: WaitOptions,
): Promise<Operation | null> {
  if (!wait) {
    remark(terminal, `Started: f2j operation ${safeText(id)} shows its progress`);
    return null;
  }
  let answeredAt = terminal.now();
  for (;;) {
    const operation = await readOperation(api, id, () => terminal.now() - answeredAt > MAX_SILENT_MS);
    if (operation !== null) {
      answeredAt = terminal.now();
      showProgress(terminal, operation);
      if (operation.state !== 'running') {
        clearProgress(terminal);
        return ended(operation);
      }
    }
    await terminal.sleep(EVERY_MS).catch((error: unknown) => {
      clearProgress(terminal);
      remark(terminal, `The operation goes on: f2j operation ${safeText(id)}, or with --cancel`);
      throw error;
    });
  }
}

/** @returns null: no answer this time */
async function readOperation(api: Api, id: string, isLast: () => boolean): Promise<Operation | null> {
  try {
    return await api.read(Operation, operationPath(id));
  } catch (error) {
    const isAway = error instanceof CommandFailed && error.exitCode === EXIT.unreachable;
    if (isAway && !isLast()) return null;
    throw error;
  }
}

function ended(operation: Operation): Operation {
  const { kind, state, error } = operation;
  if (state === 'done') return operation;
  const why = error === null ? '' : `: ${error.message} (${error.code})`;
  throw new CommandFailed(EXIT.failed, `The operation ${kind} ${state === 'cancelled' ? 'was cancelled' : 'has failed'}${why}`);
}

/** One line that is written over and over. */
function showProgress({ err }: Terminal, { kind, done, total }: Operation): void {
  if (!err.isTerminal) return;
  const text = total === null || total === 0 ? `${kind}  ${done} done` : `${kind}  ${bar(done / total)} ${done} of ${total}`;
  err.write(`\r\u001b[K${paint(safeText(text), 'bold', err)}`);
}

function clearProgress({ err }: Terminal): void {
  if (err.isTerminal) err.write('\r\u001b[K');
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, share) * BAR);
  return `${'█'.repeat(full)}${'░'.repeat(BAR - full)}`;
}
