import { Type, type Static } from 'typebox';
import { openContext, remark, showList, type CommandContext, type OutputOptions } from '../command-context.ts';
import { confirm, type ConfirmOptions } from '../confirm.ts';
import { followOperation, Started, type WaitOptions } from '../follow-operation.ts';
import { safeText } from '../safe-text.ts';
import type { Column } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { agoWords, counted } from '../time-words.ts';
import { watch, type WatchOptions } from '../watch.ts';
import { resourceInArn } from './findings.ts';
import { Planned } from './planned.ts';

const Text = Type.String();
const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);

const Failure = Type.Object({
  id: Text,
  code: Text,
  reason: Text,
  words: OrNull(Text),
  advice: Text,
  projectKey: OrNull(Text),
  ruleId: OrNull(Text),
  issue: OrNull(Type.Object({ key: Text })),
  findings: Type.Integer(),
  resource: OrNull(Text),
  attempts: Type.Integer(),
  failedAt: Text,
  nextTryAt: OrNull(Text),
});

type Failure = Static<typeof Failure>;

export interface FailureFilters {
  readonly code?: string;
  readonly projectKey?: string;
}

export interface FailuresOptions extends FailureFilters, OutputOptions, WatchOptions {
  readonly limit: number;
}

/** Lists what is stuck, and what to do about each cause. */
export async function showFailures(terminal: Terminal, options: FailuresOptions): Promise<void> {
  const { api } = await openContext(terminal);
  const { code, projectKey, limit } = options;
  await watch(terminal, options, async () => {
    const { items, hasMore } = await api.list(Failure, 'api/v1/failures', { code, projectKey }, limit);
    await showList(terminal, options, failureColumns(terminal.now()), items, 'Nothing is stuck');
    if (options.output === 'table') for (const line of causeLines(items)) terminal.out.write(`${line}\n`);
    if (hasMore) remark(terminal, `There are more: --limit ${limit * 10} shows them`);
  });
}

export interface RetryOptions extends FailureFilters, ConfirmOptions, WaitOptions {}

/** Tries one failed group again now, or all that match. */
export async function retryFailures(terminal: Terminal, id: string | undefined, options: RetryOptions): Promise<void> {
  const context = await openContext(terminal);
  if (id !== undefined) return retryOne(context, id);
  const { api } = context;
  const { code, projectKey } = options;
  const filter = { ...(code === undefined ? {} : { code }), ...(projectKey === undefined ? {} : { projectKey }) };
  const { count } = await api.send(Planned, 'POST', 'api/v1/failures/retry', { body: { json: { filter, dryRun: true } } });
  if (count === 0) {
    terminal.out.write('Nothing is stuck\n');
    return;
  }
  await confirm(terminal, options, `Try ${counted(count, 'failed group')} again now?`);
  const started = await api.send(Started, 'POST', 'api/v1/failures/retry', { body: { json: { filter } } });
  const operation = await followOperation(context, started, options);
  if (operation !== null)
    terminal.out.write(`${counted(operation.done, 'group')} will be tried again now; f2j failures shows what is still stuck\n`);
}

async function retryOne({ api, terminal }: CommandContext, id: string): Promise<void> {
  const { resource } = await api.send(Failure, 'POST', `api/v1/failures/${encodeURIComponent(id)}/retry`);
  terminal.out.write(`${safeText(resource ?? id)} will be tried again now; f2j failures shows whether it is still stuck\n`);
}

function failureColumns(now: number): readonly Column<Failure>[] {
  return [
    { name: 'id', title: 'ID', of: ({ id }) => id },
    { name: 'code', title: 'CODE', of: ({ code }) => code, colour: () => 'red' },
    { name: 'projectKey', title: 'PROJECT', of: ({ projectKey }) => projectKey, drop: 3 },
    { name: 'issue.key', title: 'ISSUE', of: ({ issue }) => issue?.key ?? null, drop: 2 },
    {
      name: 'resource',
      title: 'RESOURCE',
      of: ({ resource }) => resource,
      shown: ({ resource }) => resourceInArn(resource ?? '-'),
      cut: 'middle',
      room: 24,
    },
    { name: 'attempts', title: 'TRIES', of: ({ attempts }) => attempts, drop: 5 },
    {
      name: 'nextTryAt',
      title: 'NEXT TRY',
      of: ({ nextTryAt }) => nextTryAt,
      shown: ({ nextTryAt }) => (nextTryAt === null ? 'at once' : agoWords(nextTryAt, now)),
      drop: 4,
    },
    { name: 'findings', title: null, of: ({ findings }) => findings },
    { name: 'ruleId', title: null, of: ({ ruleId }) => ruleId },
    { name: 'reason', title: null, of: ({ reason }) => reason },
    { name: 'words', title: null, of: ({ words }) => words },
    { name: 'failedAt', title: null, of: ({ failedAt }) => failedAt },
    { name: 'advice', title: null, of: ({ advice }) => advice },
  ];
}

/** Each cause once, with the words of its first failure. */
function causeLines(failures: readonly Failure[]): readonly string[] {
  return [...Map.groupBy(failures, ({ code }) => code)].flatMap(([code, [first, ...others]]) => {
    if (first === undefined) return [];
    return [
      '',
      `${safeText(code)}: ${counted(others.length + 1, 'group')}`,
      `  ${safeText(first.reason)}`,
      ...(first.words === null ? [] : [`  Jira said: ${safeText(first.words)}`]),
      `  What to do: ${safeText(first.advice)}`,
    ];
  });
}
