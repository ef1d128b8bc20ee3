import { Type, type Static } from 'typebox';
import type { Api } from '../api-client.ts';
import { openContext, remark, showList, showValue, type OutputOptions } from '../command-context.ts';
import { confirm, type ConfirmOptions } from '../confirm.ts';
import { CommandFailed, EXIT } from '../exit-code.ts';
import { followOperation, Started, type WaitOptions } from '../follow-operation.ts';
import { safeLines, safeText } from '../safe-text.ts';
import type { Column } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { agoWords, counted } from '../time-words.ts';
import { resultLines } from './sweep.ts';

const Letter = Type.Object({
  id: Type.String(),
  because: Type.String(),
  path: Type.String(),
  message: Type.String(),
  queueUrl: Type.String(),
  times: Type.Integer(),
  firstSeenAt: Type.String(),
  lastSeenAt: Type.String(),
  body: Type.Union([Type.String(), Type.Null()]),
  length: Type.Integer(),
});

type Letter = Static<typeof Letter>;

const Plan = Type.Object({
  count: Type.Integer(),
  kept: Type.Integer(),
  queues: Type.Array(Type.Object({ queueUrl: Type.String(), waiting: Type.Integer(), problem: Type.Union([Type.String(), Type.Null()]) })),
});

const PATH = 'api/v1/dead-letters';
/** Ids are long; tables show their beginnings, as git does. */
const [SHORT_ID, FULL_ID] = [12, 64];
/** Messages that are compared with the beginning of an id. */
const MAX_LETTERS = 5_000;

export interface LettersOptions extends OutputOptions {
  readonly because?: string;
  readonly limit: number;
}

/** Lists messages that could not be read. */
export async function showDeadLetters(terminal: Terminal, options: LettersOptions): Promise<void> {
  const { api } = await openContext(terminal);
  const { because, limit } = options;
  const { items, hasMore } = await api.list(Letter, PATH, { because }, limit);
  await showList(terminal, options, letterColumns(terminal.now()), items, 'There are no dead letters');
  if (hasMore) remark(terminal, `There are more: --limit ${limit * 10} shows them`);
}

/** Shows one message with its whole body. */
export async function showDeadLetter(terminal: Terminal, id: string, { output }: OutputOptions): Promise<void> {
  const { api } = await openContext(terminal);
  const letter = await api.read(Letter, await pathOf(api, id));
  if (output !== 'table') return showValue(terminal, output, letter);
  const { because, path, message, queueUrl, times, firstSeenAt, lastSeenAt, body } = letter;
  const lines = [
    `Id       ${safeText(letter.id)}`,
    `Because  ${safeText(`${because}: ${path === '' ? '' : `${path}: `}${message}`)}`,
    `Queue    ${safeText(queueUrl)}`,
    `Came     ${counted(times, 'time')}, first ${safeText(firstSeenAt)}, last ${safeText(lastSeenAt)}`,
    '',
    body === null ? 'The body is shown to the roles operator and admin only' : safeLines(body),
  ];
  terminal.out.write(`${lines.join('\n')}\n`);
}

export interface RedriveOptions extends ConfirmOptions, WaitOptions {}

/** Moves dead letters back to their queues, and reads the kept messages again. */
export async function redriveDeadLetters(terminal: Terminal, options: RedriveOptions): Promise<void> {
  const context = await openContext(terminal);
  const plan = await context.api.send(Plan, 'POST', `${PATH}/redrive`, { body: { json: { dryRun: true } } });
  for (const { queueUrl, waiting, problem } of plan.queues)
    terminal.out.write(`${safeText(queueUrl)}: ${problem === null ? `about ${counted(waiting, 'dead letter')}` : safeText(problem)}\n`);
  terminal.out.write(`Kept by the service: ${counted(plan.kept, 'message')}\n`);
  if (plan.count === 0) return;
  await confirm(terminal, options, `Move about ${counted(plan.count, 'message')} back, and read them again?`);
  const started = await context.api.send(Started, 'POST', `${PATH}/redrive`, { body: { json: {} } });
  const operation = await followOperation(context, started, options);
  if (operation !== null) terminal.out.write(`${['Done', ...resultLines(operation.result, '  ')].join('\n')}\n`);
}

/** Lets the service forget one message. */
export async function dismissDeadLetter(terminal: Terminal, id: string, options: ConfirmOptions): Promise<void> {
  const { api } = await openContext(terminal);
  const path = await pathOf(api, id);
  const { because, message } = await api.read(Letter, path);
  await confirm(terminal, options, `Dismiss this message for good (${safeText(`${because}: ${message}`)})?`);
  await api.send(Type.Object({ id: Type.String() }), 'DELETE', path);
  terminal.out.write(`Dismissed: ${safeText(id)}\n`);
}

/** The address of a message, also by the beginning of its id, as the list shows it. @throws CommandFailed */
async function pathOf(api: Api, id: string): Promise<string> {
  if (id.length >= FULL_ID) return `${PATH}/${encodeURIComponent(id)}`;
  const { items } = await api.list(Letter, PATH, {}, MAX_LETTERS);
  const found = items.filter((letter) => letter.id.startsWith(id));
  const [one, ...others] = found;
  if (one !== undefined && others.length === 0) return `${PATH}/${encodeURIComponent(one.id)}`;
  const why = one === undefined ? `No message has an id that begins with ${id}` : `Several messages have ids that begin with ${id}`;
  throw new CommandFailed(EXIT.failed, `${why}\nWhat to do: take more of the id from f2j dead-letters list -o json`);
}

function letterColumns(now: number): readonly Column<Letter>[] {
  return [
    { name: 'because', title: 'BECAUSE', of: ({ because }) => because },
    { name: 'message', title: 'EXPECTED', of: ({ message }) => message, cut: 'end', drop: 1 },
    { name: 'times', title: 'TIMES', of: ({ times }) => times, drop: 3 },
    {
      name: 'lastSeenAt',
      title: 'LAST',
      of: ({ lastSeenAt }) => lastSeenAt,
      shown: ({ lastSeenAt }) => agoWords(lastSeenAt, now),
      drop: 2,
    },
    { name: 'id', title: 'ID', of: ({ id }) => id, shown: ({ id }) => id.slice(0, SHORT_ID) },
    { name: 'path', title: null, of: ({ path }) => path },
    { name: 'queueUrl', title: null, of: ({ queueUrl }) => queueUrl },
    { name: 'firstSeenAt', title: null, of: ({ firstSeenAt }) => firstSeenAt },
    { name: 'length', title: null, of: ({ length }) => length },
    { name: 'body', title: null, of: ({ body }) => body },
  ];
}
