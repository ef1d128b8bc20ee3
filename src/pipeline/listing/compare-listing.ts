import { goneObservation } from '../../findings/gone-observation.ts';
import { partsOfKey, type Finding, type FindingKey } from '../../findings/finding.ts';
import { parseArn } from '../../findings/arn.ts';
import type { AcceptFinding } from '../accept/accept-finding.ts';
import { detailsObservation } from '../details/details-observation.ts';
import { eachPage } from '../operations/each-page.ts';
import type { AnalyzerSource } from '../ports/analyzer-source.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import type { Store } from '../ports/store.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { readReadable } from '../records/read-readable.ts';
import { skipUnreadable } from '../records/skip-unreadable.ts';
import type { AskAnalyzer } from './ask-analyzer.ts';
import { shortIdOf } from './listed-ids.ts';
import { loseMember, unknownMembers, type UnknownMember } from './unknown-members.ts';

/** More missing findings than this are looked for in the list of ended ones first, which takes fewer calls. */
export const MANY_MISSING = 50;

/** Missing findings that one sweep asks about; the others wait for the next. */
const MAX_ASKED = 500;

/** So many findings of one analyzer, at least and in parts of those held as ACTIVE, do not vanish at once: something else is wrong. */
const ALARM_FROM = 20;
const ALARM_PART = 0.1;

/** What a complete listing lacked. */
export interface Missing {
  readonly keys: readonly FindingKey[];
  /** Findings of the analyzer that the store holds as ACTIVE. */
  readonly held: number;
  /** Those that only their issues name. */
  readonly unknown: readonly UnknownMember[];
}

export type Compared =
  | {
      readonly is: 'compared';
      readonly ended: number;
      /** Those that AWS does not have. */
      readonly missing: readonly FindingKey[];
      /** Those of them that were ended, since the listing before lacked them as well. */
      readonly gone: number;
      readonly unanswered: number;
      readonly alarm: boolean;
    }
  | { readonly is: 'later'; readonly afterMs: number };

export interface CompareDeps {
  readonly store: Store;
  readonly queue: ReconcileQueue;
  readonly source: Pick<AnalyzerSource, 'read'>;
  readonly accept: AcceptFinding;
  readonly ask: AskAnalyzer;
  readonly dryRun: boolean;
  /** Called between two findings. @returns false when another process has the sweep */
  readonly stillOurs: () => Promise<boolean>;
}

/** What the store holds as ACTIVE since before the sweep began, or knows by name only, and its listing did not have. */
export async function missingFrom(store: Store, analyzerArn: string, listed: ReadonlySet<string>, startedAt: number): Promise<Missing> {
  const keys: FindingKey[] = [];
  let held = 0;
  for await (const { items } of eachPage(store, FINDINGS, [`analyzerArn:${analyzerArn}`, 'findingStatus:ACTIVE'])) {
    for (const { id, doc } of items) {
      if (doc.finding.deleted) continue;
      held += 1;
      if (doc.firstSeenAt < startedAt && !listed.has(shortIdOf(id))) keys.push(id);
    }
  }
  const unknown: UnknownMember[] = [];
  for await (const member of unknownMembers(store, analyzerArn)) if (!listed.has(shortIdOf(member.key))) unknown.push(member);
  return { keys, held, unknown };
}

/**
 * Asks AWS about each missing finding. One that has ended is accepted as such. One that AWS does not have, and that the complete listing before
 * lacked as well, counts as deleted, which is no proof of a fix. When too many are missing at once, none is. Of findings that only their issues name
 * many may have been fixed and deleted before the store was lost, but not more than are still held.
 * @param before short ids of those that AWS did not have at the last complete listing
 */
export async function compareListing(deps: CompareDeps, { keys, held, unknown }: Missing, before: ReadonlySet<string>): Promise<Compared> {
  const asked = await askAll(deps, keys);
  if (asked.is === 'later') return asked;
  const named = await askAll(
    deps,
    unknown.map(({ key }) => key),
  );
  if (named.is === 'later') return named;
  const { missing, ended, unanswered } = asked;
  const alarm =
    (missing.length > 0 && isAlarming(missing.length + unanswered, held * ALARM_PART)) || isAlarming(named.missing.length, held);
  const isGone = (key: FindingKey): boolean => !alarm && before.has(shortIdOf(key));
  const gone = missing.filter(isGone);
  for (const key of gone) await end(deps, key);
  const lost = unknown.filter(({ key }) => named.missing.includes(key) && isGone(key));
  for (const member of lost) if (!deps.dryRun) await skipUnreadable(() => loseMember(deps, member));
  return { is: 'compared', ended, missing: [...missing, ...named.missing], gone: gone.length + lost.length, unanswered, alarm };
}

function isAlarming(count: number, most: number): boolean {
  return count >= ALARM_FROM && count > most;
}

type AskedAll =
  | { readonly is: 'asked'; readonly missing: readonly FindingKey[]; readonly ended: number; readonly unanswered: number }
  | { readonly is: 'later'; readonly afterMs: number };

async function askAll(deps: CompareDeps, keys: readonly FindingKey[]): Promise<AskedAll> {
  const missing: FindingKey[] = [];
  let [ended, unanswered] = [0, Math.max(0, keys.length - MAX_ASKED)];
  for (const key of keys.slice(0, MAX_ASKED)) {
    if (!(await deps.stillOurs())) return { is: 'later', afterMs: 0 };
    const answered = await askAbout(deps, key);
    if (answered === 'gone') missing.push(key);
    else if (answered === 'ended') ended += 1;
    else if (answered === 'unanswered') unanswered += 1;
    else if (answered !== 'active') return { is: 'later', afterMs: answered.afterMs };
  }
  return { is: 'asked', missing, ended, unanswered };
}

async function askAbout(
  deps: CompareDeps,
  key: FindingKey,
): Promise<'active' | 'ended' | 'gone' | 'unanswered' | { readonly afterMs: number }> {
  const ref = partsOfKey(key);
  if (ref === null) return 'unanswered';
  const askedAt = await deps.store.now();
  const asked = await deps.ask(parseArn(ref.analyzerArn)?.region ?? '', 'GetFindingV2', (slot) => deps.source.read(ref, slot));
  if (asked.is === 'later') return asked;
  if (asked.is === 'refused') return asked.refusal.code === 'gone' ? 'gone' : 'unanswered';
  const { value: details } = asked;
  await observe(deps, key, (known) =>
    detailsObservation(known, { details, steps: null, askedAt: new Date(askedAt).toISOString() }, askedAt),
  );
  return details.status === 'ACTIVE' ? 'active' : 'ended';
}

async function end(deps: CompareDeps, key: FindingKey): Promise<void> {
  const now = await deps.store.now();
  await observe(deps, key, (known) => goneObservation(known, new Date(now).toISOString(), now));
}

async function observe(deps: CompareDeps, key: FindingKey, observation: (known: Finding) => Finding | null): Promise<void> {
  const [stored] = await readReadable(deps.store, FINDINGS, [key]);
  const seen = stored === undefined ? null : observation(stored.doc.finding);
  if (seen !== null && !deps.dryRun) await skipUnreadable(() => deps.accept(seen, 'sweep'));
}
