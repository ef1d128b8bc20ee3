import { openContext } from '../command-context.ts';
import { confirm, type ConfirmOptions } from '../confirm.ts';
import { followOperation, Started, type WaitOptions } from '../follow-operation.ts';
import type { Terminal } from '../terminal.ts';
import { counted } from '../time-words.ts';
import type { FindingFilters } from './findings.ts';
import { Planned } from './planned.ts';

export interface ReleaseOptions extends ConfirmOptions, WaitOptions {}

/** Lets held findings go, whatever pause or limit holds them. */
export async function releaseHeld(terminal: Terminal, options: ReleaseOptions, filter: FindingFilters): Promise<void> {
  const context = await openContext(terminal);
  const { api } = context;
  const path = 'api/v1/mappings/release';
  const { count } = await api.send(Planned, 'POST', path, { body: { json: { filter, dryRun: true } } });
  if (count === 0) {
    terminal.out.write('Nothing is held\n');
    return;
  }
  await confirm(terminal, options, `Release ${counted(count, 'held finding')}, in spite of pauses and limits?`);
  const started = await api.send(Started, 'POST', path, { body: { json: { filter } } });
  const operation = await followOperation(context, started, options);
  if (operation !== null) terminal.out.write(`Released: ${counted(operation.done, 'finding')}\n`);
}
