import { stateColour } from '../colours.ts';
import { openContext, showValue, type OutputOptions } from '../command-context.ts';
import { safeText } from '../safe-text.ts';
import { paint } from '../table.ts';
import type { Output, Terminal } from '../terminal.ts';
import { agoWords, counted, lengthWords } from '../time-words.ts';
import { watch, type WatchOptions } from '../watch.ts';
import { firstToDo } from './first-to-do.ts';
import { Status } from './service-status.ts';

/** Says in one sentence whether all is well, and gives the figures below it. */
export async function showStatus(terminal: Terminal, options: OutputOptions & WatchOptions): Promise<void> {
  const { api } = await openContext(terminal);
  await watch(terminal, options, async () => {
    const status = await api.read(Status, 'api/v1/status');
    if (options.output === 'table') terminal.out.write(`${statusLines(status, terminal.now(), terminal.out).join('\n')}\n`);
    else await showValue(terminal, options.output, status);
  });
}

function statusLines(status: Status, now: number, out: Output): readonly string[] {
  const toDo = firstToDo(status);
  const head =
    toDo === null ? paint('All is well', 'green', out) : `${paint(safeText(toDo.problem), 'red', out)}\nFirst: ${safeText(toDo.first)}`;
  const rows: readonly (readonly [string, string])[] = [
    ['Findings', statesOf(status, out)],
    ['Issues', `${status.issues.open} open, ${status.issues.closed} closed, ${status.issues.deleted} deleted`],
    ['Stuck', `${counted(status.failures, 'failed group')}, ${counted(status.deadLetters, 'dead letter')}`],
    ['Work', `${counted(status.queueDepth, 'group')} waiting, the longest for ${lengthWords(status.lagMs)}`],
    ...status.queues.map(({ url, waiting, inFlight }) => ['Queue', `${queueWords(waiting, inFlight)} ${safeText(url)}`] as const),
    ['Jira', jiraWords(status)],
    ['Sweep', sweepWords(status, now)],
    ['Store', safeText(`${status.store.kind}, ${status.store.durability}`)],
    ...(status.pauses.length === 0 ? [] : [['Paused', safeText(status.pauses.join(', '))] as const]),
    [
      'Coverage',
      status.coverage.warnings.length === 0 ? 'no warning' : `${counted(status.coverage.warnings.length, 'warning')}; f2j doctor has them`,
    ],
    ['Service', safeText(`version ${status.version}, mode ${status.mode}, started ${agoWords(status.startedAt, now)}`)],
  ];
  return [head, '', ...rows.map(([name, text]) => `${name.padEnd(10)}${text}`)];
}

function statesOf({ mappings }: Status, out: Output): string {
  const there = Object.entries(mappings).filter(([, count]) => count > 0);
  return there.length === 0
    ? 'none'
    : there.map(([state, count]) => `${count} ${paint(safeText(state), stateColour(state), out)}`).join(', ');
}

function queueWords(waiting: number | null, inFlight: number | null): string {
  return waiting === null ? 'does not answer' : `${counted(waiting, 'message')} waiting, ${inFlight ?? 0} in flight`;
}

function jiraWords({ jira, governor }: Status): string {
  const windows = governor.retryAfterWindows.map(({ of, leftMs }) => `${of ?? 'all calls'} again in ${lengthWords(leftMs)}`);
  const { share, of } = governor.callsPerSecond;
  return safeText([`${jira.message}, ${share} of ${of} calls a second`, ...windows].join('; '));
}

function sweepWords({ lastSweep, lastFindingsSweep }: Status, now: number): string {
  if (lastSweep === null) return 'none has ended yet';
  const { at, found, restored, duplicatesClosed } = lastSweep;
  const drift = `${counted(found, 'issue')} found, ${restored} restored, ${counted(duplicatesClosed, 'duplicate')} closed`;
  const aws = lastFindingsSweep === null ? '' : `; AWS: ${lastFindingsSweep.listed} listed, ${lastFindingsSweep.added} added`;
  return `${agoWords(at, now)}: ${drift}${aws}`;
}
