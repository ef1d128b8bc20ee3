import { Type, type Static } from 'typebox';
import type { Api } from '../api-client.ts';
import { openContext, remark, showList, showValue, type OutputOptions } from '../command-context.ts';
import { CommandFailed, EXIT } from '../exit-code.ts';
import { safeLines } from '../safe-text.ts';
import type { Column } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { agoWords } from '../time-words.ts';
import { changeWords, RuleChanges } from './rule-changes.ts';
import { headOf } from './rules-file-head.ts';

export interface GetOptions {
  readonly output: 'yaml' | 'json';
  readonly revision?: number;
}

const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);

const Revision = Type.Object({
  revision: Type.Integer(),
  savedAt: Type.String(),
  savedBy: Type.String(),
  comment: OrNull(Type.String()),
  changes: RuleChanges,
});

/** Prints the rules as a rules file, which `rules apply` takes. */
export async function getRules(terminal: Terminal, { output, revision }: GetOptions): Promise<void> {
  const { api } = await openContext(terminal);
  if (revision !== undefined) return showValue(terminal, output, await rulesOfRevision(api, revision));
  if (output === 'json') return showValue(terminal, output, await api.read(Type.Object({ revision: Type.Integer() }), 'api/v1/rules'));
  const { text, etag } = await currentRules(api);
  const file = `${headOf(etag)}${text}`;
  // In a file every character stays as it is; a terminal gets none that it would obey.
  terminal.out.write(terminal.out.isTerminal ? safeLines(file) : file);
}

/** The current rules as YAML with their tag. */
export async function currentRules(api: Api): Promise<{ readonly text: string; readonly etag: string }> {
  const { text, etag } = await api.ask('GET', 'api/v1/rules', { accept: 'application/yaml' });
  if (etag === null) throw new CommandFailed(EXIT.unreachable, 'The rules came without their revision: a proxy may have removed the ETag');
  return { text, etag };
}

/** The rule set of an earlier revision. */
export async function rulesOfRevision(api: Api, revision: number): Promise<unknown> {
  return (await api.read(Type.Object({ rules: Type.Unknown() }), `api/v1/rules/history/${revision}`)).rules;
}

export interface HistoryOptions extends OutputOptions {
  readonly limit: number;
}

/** Lists the saved revisions. */
export async function showHistory(terminal: Terminal, options: HistoryOptions): Promise<void> {
  const { api } = await openContext(terminal);
  const { items, hasMore } = await api.list(Revision, 'api/v1/rules/history', {}, options.limit);
  await showList(terminal, options, historyColumns(terminal.now()), items, 'No revision is kept');
  if (hasMore) remark(terminal, `There are more: --limit ${options.limit * 10} shows them`);
}

function historyColumns(now: number): readonly Column<Static<typeof Revision>>[] {
  return [
    { name: 'revision', title: 'REVISION', of: ({ revision }) => revision },
    { name: 'savedAt', title: 'SAVED', of: ({ savedAt }) => savedAt, shown: ({ savedAt }) => agoWords(savedAt, now) },
    { name: 'savedBy', title: 'BY', of: ({ savedBy }) => savedBy, cut: 'end' },
    { name: 'changes', title: 'CHANGES', of: ({ changes }) => changeWords(changes), cut: 'end' },
    { name: 'comment', title: 'COMMENT', of: ({ comment }) => comment, cut: 'end', drop: 1 },
  ];
}
