import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { scanModule } from './support/source/scan-module.ts';

/** One word for one thing: identifiers that were given up, and phrases that hide who does what, stay away. */
const ROOT = join(import.meta.dirname, '..');

/** Exact identifiers; `*` stands for any end. */
const OLD_IDENTIFIERS = `
  settle* Settle* SETTLE* settling Settling Settler createSettle* startSettle* unsettled
  Round MAX_ROUNDS lookedAt lookAround lookForIssue lookDelayMs lookCall planLook PlannedLook wantLook Looks NO_LOOKS LookQuestion
  Rests USUAL_RESTS restBefore rests Wait MoveIntent MoveTarget MoveOutcome moveIssue moveCall moveMs movedAt finishMove recordMoved
  owes Owed owedAfter owing OWED stand standOf standingOf doubtStand saidNoWay noWayComment sayNoWay
  Walk Way WayOptions knownWay planWay wayFrom walkOn checkWays
  memberMark MAX_MARKS markIssue markCall unmark unmarkCall nameIssue nameCall namedDigest unnamed
  twin twins twin* Twin* retire retired retireCall goHome gatherMembers takeInIssue TakeIn* TakenIn createTakeIn* createLookAt*
  Happening Happenings happening happenings HAPPENING_* Tell tell createTell
  LowTurns TurnOrder TurnKind Turns turns createTurns Stepwise parseRulesStepwise CallPace createCallPace PaceRecord PACES
  ByHand byHand createByHand Examine examine createExamine* Said said saidMs QueuePlace
  MOST MOST_* LEAST_* LONGEST_* reconcileIntervalMs RECONCILE_INTERVAL_MS addReconciliationRoutes
`
  .trim()
  .split(/\s+/);

/** Phrases in comments and documents. */
const OLD_PHRASES = [
  /\bwhoever\b/i,
  /\b(?:some|no|any)body\b/i,
  /\bmend(?:s|ed|ing)?\b/i,
  /\b(?:rules|ones|those) of now\b/i,
  /\bput on by\b/i,
  /\bsettl(?:e|es|ed|ing)\b/i,
  /\btwins?\b/i,
  /\bhappenings?\b/i,
  /\bretired? (?:as|it|the|a) /i,
  /\bour mark\b/i,
  /\bis told of\b/i,
  /\bin the midst\b/i,
  /\bwhat was done is found done\b/i,
];

/** This list, the names that were given up in the change log, and recorded data. */
const EXEMPT = /^(?:test\/vocabulary\.test\.ts|CHANGELOG\.md|docs\/openapi\.json|docs\/issue-examples\.md)$/;

const files = ['src', 'test', 'scripts', 'docs', 'config', 'deploy', '.ci']
  .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
  .concat('README.md', 'CONTRIBUTING.md', 'Dockerfile', 'docker-compose.yml')
  .filter((file) => !EXEMPT.test(file));

test('no identifier is called by its former name', () => {
  const isOld = new RegExp(`^(?:${OLD_IDENTIFIERS.map((name) => name.replace(/\*$/, '.*')).join('|')})$`);
  const modules = files.filter((file) => file.endsWith('.ts'));
  expect(modules.length).toBeGreaterThan(500);
  const found = modules.flatMap((file) => {
    const words = scanModule(readFileSync(join(ROOT, file), 'utf8')).flatMap(({ kind, text }) =>
      kind === 'word' && isOld.test(text) ? [text] : [],
    );
    return [...new Set(words)].map((word) => `${file}: ${word}`);
  });
  expect(found).toEqual([]);
});

test('no comment and no document has a phrase that hides who does what', () => {
  const found = files.flatMap((file) =>
    proseOf(file).flatMap(({ line, text }) => (OLD_PHRASES.some((phrase) => phrase.test(text)) ? [`${file}:${line}: ${text.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});

/** The comments of a program, and every line of a document. */
function proseOf(file: string): readonly { readonly line: number; readonly text: string }[] {
  if (/\.(?:png|json)$/.test(file)) return [];
  const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
  const isProse = file.endsWith('.md') ? () => true : file.endsWith('.ts') ? isComment : (text: string) => text.includes('#');
  return lines.flatMap((text, index) => (isProse(text) ? [{ line: index + 1, text: file.endsWith('.ts') ? commentIn(text) : text }] : []));
}

function isComment(text: string): boolean {
  return commentIn(text) !== '';
}

function commentIn(text: string): string {
  return /^\s*(?:\/?\*\*?|\/\/)(.*)$/.exec(text)?.[1] ?? /(?:^|\s)\/\/ (.*)$/.exec(text)?.[1] ?? '';
}
