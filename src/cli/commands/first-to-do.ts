import { counted, lengthWords } from '../time-words.ts';
import type { Status } from './service-status.ts';

/** What is wrong, and the first thing to do about it. */
export interface ToDo {
  readonly problem: string;
  readonly first: string;
}

/** Groups wait for seconds when all is well. */
const LATE_MS = 60_000;

/** The gravest problem; what stops everything comes first. Null: all is well. Pure. */
export function firstToDo(status: Status): ToDo | null {
  const { store, jira, pauses, failures, deadLetters, lagMs, analyzers, coverage, queues } = status;
  const problems: readonly (ToDo | null)[] = [
    when(!store.trusted, 'The store may have lost its memory; nothing is opened until Jira has been read back', 'f2j doctor'),
    when(jira.token !== 'accepted', `Nothing reaches Jira: ${jira.message}`, 'f2j doctor'),
    when(pauses.includes('all'), 'Everything is paused', 'f2j pauses says why; f2j resume lifts it'),
    when(
      queues.some(({ waiting }) => waiting === null),
      'A queue does not answer',
      'f2j doctor',
    ),
    when(
      failures > 0,
      `${counted(failures, 'group of findings is', 'groups of findings are')} stuck`,
      'f2j failures says why and what to do',
    ),
    when(lagMs > LATE_MS, `Work is late by ${lengthWords(lagMs)}`, 'f2j doctor; f2j status --watch shows whether it catches up'),
    when(deadLetters > 0, `${counted(deadLetters, 'message')} could not be read`, 'f2j dead-letters list'),
    when(analyzers.length > 0, `${counted(analyzers.length, 'analyzer')} could not be listed completely`, 'f2j doctor'),
    when(pauses.length > 0, `Paused: ${pauses.join(', ')}`, 'f2j pauses says why'),
    when(coverage.warnings.length > 0, coverage.warnings[0]?.message ?? '', coverage.warnings[0]?.advice ?? ''),
  ];
  return problems.find((problem) => problem !== null) ?? null;
}

function when(isSo: boolean, problem: string, first: string): ToDo | null {
  return isSo ? { problem, first } : null;
}
