import { readFileSync } from 'node:fs';
import closeWithGrace from 'close-with-grace';
import { createApp, STOP_MS, type AppOverrides } from '../../../src/app.ts';
import { readEnvironment } from '../../../src/config/environment.ts';
import { readRulesFile } from '../../../src/config/rules-file.ts';
import { parseRules, type CompiledRules } from '../../../src/rules/parse-rules.ts';
import { parseCrash, strikingAt } from './crash-points.ts';

/**
 * The service as `src/main.ts` starts it, with crash points: `CHAOS_KILL=after-create:3` is a SIGKILL the third time that this point is
 * reached, and `CHAOS_STOP` a SIGSTOP, after which SIGCONT lets it go on. `CHAOS_INDEX_LAG_MS`, `CHAOS_SENDING_SLACK_MS` and
 * `CHAOS_COOLDOWN_MS` shorten waits that exist for a slower Jira than the simulated one, and for people.
 */
const { env } = process;
const environment = readEnvironment(env, (path) => readFileSync(path, 'utf8'));
if (!environment.ok) endWith(environment.problems.join('\n'));

try {
  const app = await createApp(environment.settings, rulesOf(environment.settings.rulesFile), 'chaos', overrides());
  await app.start();
  closeWithGrace({ delay: STOP_MS }, async ({ err }) => {
    if (err !== undefined) process.stderr.write(`Ending after an unexpected error: ${err.stack ?? err.message}\n`);
    await app.stop();
  });
} catch (error) {
  endWith(error instanceof Error ? error.message : String(error));
}

function overrides(): AppOverrides {
  const [crash, stop] = [env['CHAOS_KILL'], env['CHAOS_STOP']];
  return {
    onFatal: endWith,
    indexLagMs: Number(env['CHAOS_INDEX_LAG_MS']),
    sendingSlackMs: Number(env['CHAOS_SENDING_SLACK_MS']),
    cooldowns: { transitionMs: Number(env['CHAOS_COOLDOWN_MS']), updateMs: Number(env['CHAOS_COOLDOWN_MS']) },
    ...(crash === undefined ? {} : strikingAt(parseCrash(crash), die)),
    ...(stop === undefined ? {} : strikingAt(parseCrash(stop), standStill)),
  };
}

/** Never resolves, so that no code after the point runs. */
function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => {});
}

/** Resolves after a SIGCONT. */
async function standStill(): Promise<void> {
  process.stdout.write('Stopping with SIGSTOP\n');
  process.kill(process.pid, 'SIGSTOP');
}

function rulesOf(path: string): CompiledRules {
  const read = readRulesFile(path, readFileSync(path, 'utf8'));
  const parsed = read.ok ? parseRules(read.input) : null;
  return parsed?.ok === true ? parsed.rules : endWith(`${path} holds no rules`);
}

function endWith(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
