import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { readRulesFile } from '../../config/rules-file.ts';
import { openContext } from '../command-context.ts';
import { diffLines } from '../diff-lines.ts';
import { CommandFailed, EXIT } from '../exit-code.ts';
import { readFile } from '../read-file.ts';
import { safeText } from '../safe-text.ts';
import { safeYaml } from '../safe-yaml.ts';
import { paint, type Colour } from '../table.ts';
import type { Output, Terminal } from '../terminal.ts';
import { currentRules, rulesOfRevision } from './rules-get.ts';

const Rules = Type.Object({ rules: Type.Array(Type.Object({ id: Type.String() })) });

export interface DiffOptions {
  /** Compare with this revision; left out: with the current rules. */
  readonly revision?: number;
  readonly exitCode?: boolean;
}

/** Compares a rules file with the rules of the service, rule by rule. Comments and layout do not count. */
export async function diffRules(terminal: Terminal, file: string, { revision, exitCode = false }: DiffOptions): Promise<void> {
  const { api } = await openContext(terminal);
  const draft = rulesIn(file, readFile(file));
  const theirs =
    revision === undefined
      ? rulesIn('the service', (await currentRules(api)).text)
      : checked('the service', await rulesOfRevision(api, revision));
  const lines = differenceLines(theirs, draft, terminal.out);
  terminal.out.write(lines.length === 0 ? 'No rule differs\n' : `${lines.join('\n')}\n`);
  if (exitCode && lines.length > 0) throw new CommandFailed(EXIT.failed, 'The rules differ');
}

type RulesOf = ReturnType<typeof checked>;

function rulesIn(path: string, text: string): RulesOf {
  const read = readRulesFile(path, text);
  if (!read.ok) throw new CommandFailed(EXIT.usage, read.problems.join('\n'));
  return checked(path, read.input);
}

function checked(path: string, value: unknown) {
  if (Check(Rules, value)) return value;
  throw new CommandFailed(EXIT.usage, `${path}: expected a rule set, with rules that have ids`);
}

function differenceLines(before: RulesOf, after: RulesOf, out: Output): readonly string[] {
  const [{ rules: olds, ...oldRest }, { rules: news, ...newRest }] = [before, after];
  const oldById = new Map(olds.map((rule) => [rule.id, rule]));
  const newIds = new Set(news.map(({ id }) => id));
  const changed = news.flatMap((rule) => {
    const was = oldById.get(rule.id);
    return was === undefined
      ? [head('+', 'green', `rule ${rule.id}`, out), ...body('', safeYaml(rule), out)]
      : pair(`rule ${rule.id}`, was, rule, out);
  });
  const removed = olds
    .filter(({ id }) => !newIds.has(id))
    .flatMap((rule) => [head('-', 'red', `rule ${rule.id}`, out), ...body(safeYaml(rule), '', out)]);
  return [
    ...changed,
    ...removed,
    ...orderLines(
      olds.filter(({ id }) => newIds.has(id)),
      news.filter(({ id }) => oldById.has(id)),
      out,
    ),
    ...pair('the parts besides rules', oldRest, newRest, out),
  ];
}

function pair(what: string, before: object, after: object, out: Output): readonly string[] {
  const [old, now] = [safeYaml(before), safeYaml(after)];
  return old === now ? [] : [head('~', 'yellow', what, out), ...body(old, now, out)];
}

/** The first rule decides, so their order matters. */
function orderLines(olds: readonly { readonly id: string }[], news: readonly { readonly id: string }[], out: Output): readonly string[] {
  const at = news.findIndex(({ id }, index) => id !== olds[index]?.id);
  return at === -1 ? [] : [head('~', 'yellow', `the order of the rules: ${news[at]?.id} comes before ${olds[at]?.id}`, out)];
}

function head(mark: string, colour: Colour, text: string, out: Output): string {
  return paint(`${mark} ${safeText(text)}`, colour, out);
}

function body(before: string, after: string, out: Output): readonly string[] {
  const colours = { '+': 'green', '-': 'red', ' ': null } as const;
  return diffLines(linesOf(before), linesOf(after)).map(({ mark, line }) => paint(`  ${mark} ${line}`, colours[mark], out));
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.trimEnd().split('\n');
}
