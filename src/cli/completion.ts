import type { Command, Option } from 'commander';

/** What may follow the words of a command. */
interface Node {
  /** Such as `f2j rules get`. */
  readonly path: string;
  readonly commands: readonly Named[];
  readonly options: readonly Option[];
  /** Values of its first argument. */
  readonly choices: readonly string[];
}

interface Named {
  readonly name: string;
  readonly description: string;
}

/** The completion script of a shell, made of the commands themselves: commands, options, and values where they are fixed. */
export function completionFor(program: Command, shell: 'bash' | 'zsh'): string {
  const nodes = nodesOf(program, program.name());
  return shell === 'bash' ? bash(nodes) : zsh(nodes);
}

function nodesOf(command: Command, path: string): readonly Node[] {
  const node = {
    path,
    commands: command.commands.map((one) => ({ name: one.name(), description: one.description() })),
    options: command.options,
    choices: command.registeredArguments[0]?.argChoices ?? [],
  };
  return [node, ...command.commands.flatMap((one) => nodesOf(one, `${path} ${one.name()}`))];
}

/** The words of the command line that name commands, as both scripts find them. */
const PATHS = (nodes: readonly Node[]): string => nodes.map(({ path }) => `'${path}'`).join('|');

function bash(nodes: readonly Node[]): string {
  const words = nodes.map(({ path, commands, options, choices }) => {
    const all = [...commands.map(({ name }) => name), ...choices, ...options.flatMap(flagsOf), '--help'];
    return `    '${path}') words='${all.join(' ')}' ;;`;
  });
  const values = nodes.flatMap(({ path, options }) =>
    options.flatMap((option) =>
      flagsOf(option).flatMap((flag) =>
        option.argChoices === undefined ? [] : [`    '${path} ${flag}') words='${option.argChoices.join(' ')}' ;;`],
      ),
    ),
  );
  return `# Completion of f2j for bash. Load it with: source <(f2j completion bash)
_f2j() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path=f2j words= word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in ${PATHS(nodes)}) path="$path $word" ;; esac
  done
  case "$path" in
${words.join('\n')}
  esac
  case "$path $previous" in
${values.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _f2j f2j
`;
}

function zsh(nodes: readonly Node[]): string {
  const words = nodes.map(({ path, commands, options, choices }) => {
    const all = [
      ...commands.map(({ name, description }) => quoted(name, description)),
      ...choices.map((choice) => quoted(choice, '')),
      ...options.flatMap((option) => flagsOf(option).map((flag) => quoted(flag, option.description))),
    ];
    return `    '${path}') entries=(${all.join(' ')}) ;;`;
  });
  const values = nodes.flatMap(({ path, options }) =>
    options.flatMap((option) =>
      flagsOf(option).flatMap((flag) =>
        option.argChoices === undefined ? [] : [`    '${path} ${flag}') entries=(${option.argChoices.join(' ')}) ;;`],
      ),
    ),
  );
  return `#compdef f2j
# Completion of f2j for zsh.
_f2j() {
  local path_of=f2j word previous="\${words[CURRENT-1]}"
  local -a before=("\${(@)words[2,CURRENT-1]}")
  for word in "\${before[@]}"; do
    case "$path_of $word" in (${PATHS(nodes)}) path_of="$path_of $word" ;; esac
  done
  local -a entries
  case "$path_of" in
${words.join('\n')}
  esac
  case "$path_of $previous" in
${values.join('\n')}
  esac
  _describe 'f2j' entries || _files
}
if [ "$funcstack[1]" = _f2j ]; then _f2j "$@"; else compdef _f2j f2j; fi
`;
}

function flagsOf({ short, long }: Option): readonly string[] {
  return [short, long].filter((flag) => flag !== undefined);
}

/** An entry of `_describe`: colons within it would end the name. */
function quoted(name: string, description: string): string {
  const text = description === '' ? name : `${name}:${description.replaceAll(':', '\\:')}`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
