import { randomUUID } from 'node:crypto';
import { canonicalJson } from '../../findings/json.ts';
import { parseRulesInChunks, type CompiledRules } from '../../rules/parse-rules.ts';
import { type Emit, failureEvent } from '../ports/service-event.ts';
import type { RuleBook } from '../rulebook/rule-book.ts';
import { RULES_FILE } from '../rulebook/rule-revisions.ts';
import type { SaveRules } from './save-rules.ts';
import type { Yielder } from '../rulebook/yielder.ts';
import type { RulesSource } from '../ports/rules-source.ts';

/** Puts the rules file in force: at start, and whenever it has changed. A file that can't be used changes nothing. */
export interface RulesFollower {
  /** @param rules the file's content when the process began. @throws StoreUnavailable */
  start(rules: CompiledRules): Promise<void>;
  /** Why the file's present content is not in force; null: it is. */
  problem(): string | null;
  /** Resolves when the poll under way has ended. */
  stop(): Promise<void>;
}

export interface FollowRulesDeps {
  readonly source: RulesSource;
  readonly rules: RuleBook;
  readonly saveRules: SaveRules;
  readonly yielder: Yielder;
  readonly emit: Emit;
  /** From one reading of the file to the next, ms. */
  readonly everyMs: number;
}

/** The most problems that are reported; the first ones say what to do. */
const MAX_PROBLEMS = 10;

export function createFollowRules({ source, rules, saveRules, yielder, emit, everyMs }: FollowRulesDeps): RulesFollower {
  let refused: string | null = null;
  /** The content that this process has saved: a replica with an older file must not undo what another one has saved since. */
  let brought: string | null = null;
  /** Valid rules that the store has not taken yet. */
  let waiting: CompiledRules | null = null;
  let timer: NodeJS.Timeout | null = null;
  let polling: Promise<void> = Promise.resolve();
  let isStopped = false;

  function refuse(problems: readonly string[]): void {
    refused = problems.slice(0, MAX_PROBLEMS).join('; ');
    emit({ what: 'rules-file-refused', problems: problems.slice(0, MAX_PROBLEMS) });
  }

  /** The first replica saves the file; for the others it is already in force. */
  async function bring(compiled: CompiledRules): Promise<void> {
    const content = canonicalJson(compiled.ruleSet);
    while (content !== brought) {
      const { revision } = await rules.current();
      const outcome = await saveRules({
        rules: compiled,
        base: revision,
        by: { actor: RULES_FILE, path: RULES_FILE, requestId: randomUUID() },
        action: 'rules.saved',
        target: 'rules',
        comment: null,
        // There is no person to read a backtest, and Jira may not answer.
        pardoned: ['preflight', 'backtest'],
        backtestToken: null,
      });
      if (outcome.saved) brought = content;
      else if (outcome.because === 'refused') {
        const { refusal } = outcome;
        return refuse(refusal.because === 'backtest-required' ? [refusal.because] : source.inFile(refusal.problems));
      }
    }
    if (refused === null) return;
    refused = null;
    emit({ what: 'rules-file-fixed' });
  }

  async function poll(): Promise<void> {
    const read = await source.read();
    if (read?.ok === false) {
      waiting = null;
      refuse(read.problems);
    } else if (read?.ok === true) {
      const parsed = await yielder.run(parseRulesInChunks(read.input, 'new'));
      waiting = parsed.ok ? parsed.rules : null;
      if (!parsed.ok) refuse(source.inFile(parsed.problems));
    }
    if (waiting === null) return;
    await bring(waiting);
    waiting = null;
  }

  async function guarded(): Promise<void> {
    try {
      await poll();
    } catch (error) {
      emit(failureEvent('rules-file', error));
    }
  }

  function next(): void {
    if (isStopped) return;
    timer = setTimeout(() => {
      polling = guarded().finally(next);
    }, everyMs);
  }

  return {
    async start(first) {
      await bring(first);
      next();
    },
    problem: () => refused,
    async stop() {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      await polling;
    },
  };
}
