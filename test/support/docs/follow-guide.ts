import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { until } from '../until.ts';
import { textOf } from './read-docs.ts';

/** Follows a guide as a person does: its commands are typed into one shell, one block after the other. */

const run = promisify(execFile);

/** A block of commands, and the lines that the guide says they show. */
export interface GuideStep {
  readonly commands: string;
  readonly outcome: readonly string[];
}

export const hasCurl = await run('curl', ['--version']).then(
  () => true,
  () => false,
);

export function stepsOf(file: string): readonly GuideStep[] {
  return [...textOf(file).matchAll(/```sh\n(.*?)```(?:\n+```text\n(.*?)```)?/gs)].map(([, commands = '', outcome = '']) => ({
    commands,
    outcome: outcome.split('\n').filter((line) => line !== ''),
  }));
}

/** A shell that keeps the variables of the commands before. */
export interface GuideShell {
  set(variables: Readonly<Record<string, string>>): void;
  /** Reading is repeated until it shows the outcome, as the guides say; what changes something is done once. @throws what it showed instead */
  take(step: GuideStep): Promise<void>;
}

export function openShell(variables: Readonly<Record<string, string>>, cwd: string): GuideShell {
  let env: Record<string, string> = { PATH: process.env['PATH'] ?? '', no_proxy: '127.0.0.1', ...variables };

  async function type(commands: string): Promise<string> {
    const { stdout } = await run('bash', ['-c', `set -aeu\n${commands}\nprintf '\\0'\nenv -0`], { env, cwd });
    const [output = '', ...after] = stdout.split('\0');
    env = Object.fromEntries(after.flatMap((one) => [/^(\w+)=(.*)$/s.exec(one)?.slice(1) ?? []]).filter(([name]) => name !== undefined));
    return output;
  }

  return {
    set: (more) => void (env = { ...env, ...more }),
    async take({ commands, outcome }) {
      const changes = / -X (?:POST|PUT|DELETE)/.test(commands);
      let output = '';
      const isShown = async (): Promise<boolean> => {
        output = await type(commands).catch((error: unknown) => (changes ? Promise.reject(error) : String(error)));
        return shows(output, outcome);
      };
      await until(isShown, 'it is shown', changes ? 0 : 60_000).catch((error: unknown) => {
        throw new Error(`${commands}\nshows ${output}\nand not ${outcome.join('\n')}`, { cause: error });
      });
    },
  };
}

/** True when the lines are among those of the output, in this order. */
function shows(output: string, lines: readonly string[]): boolean {
  const left = [...lines];
  for (const line of output.split('\n')) if (line.trim() === left[0]) left.shift();
  return left.length === 0;
}
