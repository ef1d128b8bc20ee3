import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import { ApiProblem } from '../api-problem.ts';
import type { Asked } from '../api-client.ts';
import { openContext, remark, type CommandContext } from '../command-context.ts';
import { confirm, type ConfirmOptions } from '../confirm.ts';
import { CommandFailed, EXIT } from '../exit-code.ts';
import { followOperation, Started, type WaitOptions } from '../follow-operation.ts';
import { safeText } from '../safe-text.ts';
import { paint } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { counted } from '../time-words.ts';
import { readFile } from '../read-file.ts';
import { changeLines, isUnchanged, RuleChanges } from './rule-changes.ts';
import { etagIn } from './rules-file-head.ts';
import { currentRules, rulesOfRevision } from './rules-get.ts';

const Side = Type.Object({ ruleId: Type.Union([Type.String(), Type.Null()]), projectKey: Type.Union([Type.String(), Type.Null()]) });
const Effect = Type.Object({
  findings: Type.Integer(),
  issues: Type.Integer(),
  examples: Type.Array(
    Type.Object({ resource: Type.String(), issueKey: Type.Union([Type.String(), Type.Null()]), before: Side, after: Side }),
  ),
});

const Backtest = Type.Object({
  backtestToken: Type.String(),
  findings: Type.Integer(),
  effects: Type.Record(Type.String(), Effect),
  openIssuesTouched: Type.Integer(),
});

const Planned = Type.Object({
  changes: RuleChanges,
  warnings: Type.Array(Type.Object({ code: Type.String(), path: Type.String(), message: Type.String() })),
});

const Saved = Type.Object({ revision: Type.Integer(), operation: Type.Union([Type.Object({ id: Type.String() }), Type.Null()]) });

const EXAMPLES = 3;

/** The words for each effect, the gravest first. */
const EFFECT_WORDS: readonly (readonly [effect: string, words: string])[] = [
  ['fails', 'could not be decided; existing issues stay'],
  ['opens', 'would get an issue'],
  ['closes', 'would have the issue closed'],
  ['moves', 'would be filed in another project; existing issues stay'],
  ['ignores', 'would be filed nowhere; existing issues stay'],
  ['changes', 'would change'],
  ['nothing', 'stay as they are'],
];

export interface SaveOptions extends ConfirmOptions, WaitOptions {
  readonly comment?: string;
  readonly force?: boolean;
}

/** Rules that would be saved. `save` does it. */
interface Draft {
  readonly etag: string;
  readonly body: NonNullable<Asked['body']>;
  readonly save: (asked: Asked) => Promise<Static<typeof Saved>>;
}

/** Checks, backtests and saves a rules file. */
export async function applyRules(terminal: Terminal, file: string, options: SaveOptions): Promise<void> {
  const context = await openContext(terminal);
  const text = readFile(file);
  // A file that does not say what it was made of, such as one in a repository, replaces whatever is there.
  const etag = etagIn(text) ?? (await currentRules(context.api)).etag;
  const body = { type: 'application/yaml', text };
  await saveDraft(context, options, { etag, body, save: (asked) => context.api.send(Saved, 'PUT', 'api/v1/rules', { ...asked, body }) });
}

/** Saves the rules of an earlier revision again, in the same way. */
export async function rollBackRules(terminal: Terminal, revision: number, options: SaveOptions): Promise<void> {
  const context = await openContext(terminal);
  const { api } = context;
  const { etag } = await currentRules(api);
  const save = (asked: Asked) => api.send(Saved, 'POST', 'api/v1/rules/rollback', { ...asked, body: { json: { revision } } });
  await saveDraft(context, options, { etag, body: { json: await rulesOfRevision(api, revision) }, save });
}

async function saveDraft(context: CommandContext, options: SaveOptions, { etag, body, save }: Draft): Promise<void> {
  const { api, terminal } = context;
  const query = { force: options.force === true ? 'true' : undefined, comment: options.comment };
  const plan = (backtestToken?: string) =>
    api.send(Planned, 'PUT', 'api/v1/rules', { body, ifMatch: etag, query: { ...query, dryRun: 'true', backtestToken } });

  // First without a backtest, which may take minutes: most mistakes show at once.
  const early = await plan().catch(needsBacktest);
  if (early !== null && isUnchanged(early.changes)) {
    terminal.out.write('The rules are the same; nothing is to be saved\n');
    return;
  }
  const backtest = await backtestOf(context, body);
  const planned = early ?? (await plan(backtest.backtestToken));
  showPlan(terminal, planned, backtest);
  await confirm(terminal, options, 'Save these rules?');
  const saved = await save({ ifMatch: etag, query: { ...query, backtestToken: backtest.backtestToken } });
  terminal.out.write(`Saved as revision ${saved.revision}\n`);
  if (saved.operation === null) return;
  const operation = await followOperation(context, saved.operation, options);
  if (operation !== null)
    terminal.out.write(`Reconciling: ${counted(operation.done, 'finding')} looked through; f2j status shows the work\n`);
}

/** @returns null where only the backtest is missing. @throws the error otherwise */
function needsBacktest(error: unknown): null {
  if (error instanceof ApiProblem && error.code === 'backtest-required') return null;
  throw error;
}

async function backtestOf(context: CommandContext, body: Draft['body']): Promise<Static<typeof Backtest>> {
  const started = await context.api.send(Started, 'POST', 'api/v1/rules/backtest', { body });
  remark(context.terminal, 'Backtesting the rules with every known finding');
  const operation = await followOperation(context, started, { wait: true });
  if (Check(Backtest, operation?.result)) return operation.result;
  throw new CommandFailed(
    EXIT.unreachable,
    'The result of the backtest is not as expected\nCheck that f2j is of the version of the service',
  );
}

function showPlan({ out }: Terminal, { changes, warnings }: Static<typeof Planned>, backtest: Static<typeof Backtest>): void {
  const lines = [
    'Rules',
    ...changeLines(changes).map((line) => `  ${safeText(line)}`),
    `Of ${counted(backtest.findings, 'known finding')}`,
    ...EFFECT_WORDS.flatMap(([effect, words]) => effectLines(backtest.effects[effect], effect, words)),
    `  ${counted(backtest.openIssuesTouched, 'open issue is', 'open issues are')} touched`,
    ...warnings.map(({ code, path, message }) => paint(`Warning: ${safeText(`${path}: ${message} (${code})`)}`, 'yellow', out)),
  ];
  out.write(`${lines.join('\n')}\n`);
}

function effectLines(of: Static<typeof Effect> | undefined, effect: string, words: string): readonly string[] {
  if (of === undefined || of.findings === 0) return [];
  const head = `  ${counted(of.findings, 'finding')} (${counted(of.issues, 'issue')}) ${words}`;
  if (effect === 'nothing') return [head];
  const examples = of.examples.slice(0, EXAMPLES).map(({ resource, issueKey, before, after }) => {
    const side = ({ ruleId, projectKey }: Static<typeof Side>): string =>
      `${ruleId ?? 'no rule'}${projectKey === null ? '' : ` in ${projectKey}`}`;
    return `    ${safeText(`${issueKey === null ? '' : `${issueKey} `}${resource}: ${side(before)} -> ${side(after)}`)}`;
  });
  return [head, ...examples, ...(of.findings > examples.length ? [`    and ${of.findings - examples.length} more`] : [])];
}
