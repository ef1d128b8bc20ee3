import { inRulesFile, readRulesFile } from '../../config/rules-file.ts';
import { parseRules, type CompiledRules } from '../../rules/parse-rules.ts';
import { CommandFailed, EXIT } from '../exit-code.ts';
import { readFile } from '../read-file.ts';

/** The rules of a file, compiled. @throws CommandFailed whose message has one line per problem */
export function rulesFrom(path: string): CompiledRules {
  const read = readRulesFile(path, readFile(path));
  if (!read.ok) throw new CommandFailed(EXIT.usage, read.problems.join('\n'));
  const parsed = parseRules(read.input);
  if (!parsed.ok) throw new CommandFailed(EXIT.usage, inRulesFile(path, parsed.problems).join('\n'));
  return parsed.rules;
}
