import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-code.ts';
import { createProgram } from '../../src/cli/program.ts';
import { codesIn, rowsUnder, sorted, textOf } from '../support/docs/read-docs.ts';

const DOCUMENT = textOf('docs/f2j.md');
const stream = { write: () => undefined, isTerminal: false, columns: 80, hasColours: false };
const program = createProgram(
  {
    out: stream,
    err: stream,
    env: {},
    ask: null,
    now: () => 0,
    sleep: () => Promise.resolve(),
    interrupted: new AbortController().signal,
  },
  '1.2.3',
);

/** Every command that does something, with its words. */
function commandsOf(command: Command, words: string): readonly { readonly words: string; readonly command: Command }[] {
  if (command.commands.length === 0) return [{ words, command }];
  return command.commands.flatMap((one) => commandsOf(one, `${words} ${one.name()}`.trim()));
}

const commands = commandsOf(program, '');

test('docs/f2j.md has every command with its arguments and options, and no other', () => {
  const known = commands.map(({ words, command }) => {
    const args = command.registeredArguments.map((one) => (one.required ? ` <${one.name()}>` : ` [${one.name()}]`)).join('');
    return [`${words}${args}`, sorted(command.options.map(({ long }) => long ?? ''))];
  });
  const listed = rowsUnder(DOCUMENT, 'Commands').map(([command, , , options]) => [codesIn(command).join(), sorted(codesIn(options))]);
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(known));
});

test('it has the role of every command', () => {
  for (const [command, , role] of rowsUnder(DOCUMENT, 'Commands'))
    expect([command, role]).toEqual([command, expect.stringMatching(/^(?:none|viewer|operator|admin)$/)]);
});

test('it explains every option in the form that it has, and no other', () => {
  const known = new Set([program, ...commands.map(({ command }) => command)].flatMap(({ options }) => options.map(({ flags }) => flags)));
  expect(sorted(rowsUnder(DOCUMENT, 'Options').flatMap(([option]) => codesIn(option)))).toEqual(sorted([...known]));
});

test('it has every exit code, as the help does', () => {
  const codes = Object.values(EXIT).map(String);
  expect(rowsUnder(DOCUMENT, 'Exit codes').map(([code]) => code)).toEqual(codes);
});

test('its command lines, and those of other documents, are ones that f2j takes', () => {
  const documents = [
    'docs/f2j.md',
    'README.md',
    'docs/rules.md',
    'docs/evidence.md',
    'docs/operations/running.md',
    'docs/operations/troubleshooting.md',
    'src/cli/problem-advice.ts',
    'src/cli/commands/first-to-do.ts',
  ].map(textOf);
  const lines = documents.flatMap((text) =>
    [...text.matchAll(/(?:^|[`\s(<])(?:f2j|npm run(?: --silent)? f2j --) ([a-z][^`#\n|>),;'.]*)/gm)].map(([, line = '']) =>
      line.trim().split(/\s+/),
    ),
  );
  expect(lines.length).toBeGreaterThan(15);
  for (const line of lines) {
    const found = commands.find(({ words }) => `${line.join(' ')} `.startsWith(`${words} `)) ?? { words: null, command: program };
    const isGroup = program.commands.some((one) => one.name() === line[0] && one.commands.length > 0);
    expect([line.join(' '), found.words !== null || isGroup]).toEqual([line.join(' '), true]);
    for (const option of line.filter((word) => /^--[a-z]/.test(word)))
      expect([line.join(' '), option, found.command.options.some(({ long }) => long === option) || isGroup]).toEqual([
        line.join(' '),
        option,
        true,
      ]);
  }
});
