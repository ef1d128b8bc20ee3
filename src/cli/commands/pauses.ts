import { Type, type Static } from 'typebox';
import { openContext, showList, type OutputOptions } from '../command-context.ts';
import { confirm, type ConfirmOptions } from '../confirm.ts';
import { followOperation, Started, type WaitOptions } from '../follow-operation.ts';
import { safeText } from '../safe-text.ts';
import type { Column } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { agoWords } from '../time-words.ts';

const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);

const Pause = Type.Object({
  scope: Type.String(),
  by: Type.String(),
  reason: Type.String(),
  since: Type.String(),
  until: OrNull(Type.String()),
  warning: OrNull(Type.String()),
});

const MAX_PAUSES = 500;

/** Lists what is paused. */
export async function showPauses(terminal: Terminal, options: OutputOptions): Promise<void> {
  const { api } = await openContext(terminal);
  const { items } = await api.list(Pause, 'api/v1/pauses', {}, MAX_PAUSES);
  await showList(terminal, options, pauseColumns(terminal.now()), items, 'Nothing is paused');
}

export interface PauseOptions extends ConfirmOptions {
  /** Ms; left out, like `until`: until it is lifted. */
  readonly for?: number;
  /** ISO 8601 with a zone. */
  readonly until?: string;
  readonly reason: string;
}

/** Stops all writing to Jira in a scope. */
export async function setPause(terminal: Terminal, scope: string, options: PauseOptions): Promise<void> {
  const { api } = await openContext(terminal);
  const { for: forMs, until = forMs === undefined ? null : new Date(terminal.now() + forMs).toISOString(), reason } = options;
  const end = until === null ? 'until f2j resume' : `until ${until}`;
  await confirm(terminal, options, `Pause ${scopeWords(scope)} ${end}?`);
  const pause = await api.send(Pause, 'PUT', `api/v1/pauses/${encodeURIComponent(scope)}`, { body: { json: { reason, until } } });
  terminal.out.write(`Paused: ${scopeWords(pause.scope)} ${pause.until === null ? end : `until ${safeText(pause.until)}`}\n`);
  if (pause.warning !== null) terminal.err.write(`Warning: ${safeText(pause.warning)}\n`);
}

/** Lifts a pause; what it held follows. */
export async function liftPause(terminal: Terminal, scope: string, options: WaitOptions): Promise<void> {
  const context = await openContext(terminal);
  const started = await context.api.send(Started, 'DELETE', `api/v1/pauses/${encodeURIComponent(scope)}`);
  const operation = await followOperation(context, started, options);
  if (operation !== null) terminal.out.write(`Resumed: ${scopeWords(scope)}\n`);
}

function scopeWords(scope: string): string {
  return scope === 'all' ? 'everything' : safeText(scope);
}

function pauseColumns(now: number): readonly Column<Static<typeof Pause>>[] {
  return [
    { name: 'scope', title: 'SCOPE', of: ({ scope }) => scope },
    { name: 'by', title: 'BY', of: ({ by }) => by, drop: 1 },
    { name: 'since', title: 'SINCE', of: ({ since }) => since, shown: ({ since }) => agoWords(since, now) },
    {
      name: 'until',
      title: 'ENDS',
      of: ({ until }) => until,
      shown: ({ until }) => (until === null ? 'with f2j resume' : agoWords(until, now)),
    },
    { name: 'reason', title: 'REASON', of: ({ reason }) => reason, cut: 'end' },
    { name: 'warning', title: null, of: ({ warning }) => warning },
  ];
}
