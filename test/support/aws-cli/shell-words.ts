/** One command of a line, as a POSIX shell reads it. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** The file that takes its output. */
  readonly output: string | null;
}

const REDIRECT = '\u0000>';
const NEXT = '\u0000&&';

/**
 * The commands of one line. It knows what our texts use: words, quotes, `> file`, `|` and `&&`.
 * @throws Error for anything that a shell would interpret beyond that, such as an open quote, `$`, `*` or a backquote
 */
export function shellCommands(line: string): readonly ShellCommand[] {
  const commands: { words: string[]; output: string | null }[] = [{ words: [], output: null }];
  let isFile = false;
  for (const token of tokens(line)) {
    const command = commands.at(-1);
    if (command === undefined) throw new Error('no command');
    if (token === NEXT) {
      if (command.words.length === 0) throw new Error('an empty command');
      commands.push({ words: [], output: null });
    } else if (token === REDIRECT) isFile = true;
    else if (isFile) [command.output, isFile] = [token, false];
    else command.words.push(token);
  }
  if (isFile || commands.some(({ words }) => words.length === 0)) throw new Error('an empty command');
  return commands;
}

const PARTS = /\s+|'([^']*)'|"([^"\\$`]*)"|(&&|\|)|(>)|\\(.)|([A-Za-z0-9:/_.@+=,%^~-]+)/gy;

function tokens(line: string): readonly string[] {
  const found: string[] = [];
  let word: string | null = null;
  const end = (): void => {
    if (word !== null) found.push(word);
    word = null;
  };
  PARTS.lastIndex = 0;
  while (PARTS.lastIndex < line.length) {
    const at = PARTS.lastIndex;
    const match = PARTS.exec(line);
    if (match === null) throw new Error(`a shell interprets ${JSON.stringify(line.slice(at, at + 12))}`);
    const [, single, double, next, redirect, escaped, plain] = match;
    const text = single ?? double ?? escaped ?? plain;
    if (text !== undefined) word = `${word ?? ''}${text}`;
    else {
      end();
      if (next !== undefined) found.push(NEXT);
      if (redirect !== undefined) found.push(REDIRECT);
    }
  }
  end();
  return found;
}
