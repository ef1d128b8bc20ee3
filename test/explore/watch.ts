import type { GroupRecord } from '../../src/issues/group-record.ts';
import type { Side } from './jira-model.ts';

/** A promise that was broken. */
export interface Breach {
  readonly promise: string;
  readonly what: string;
}

/** What an onlooker who sees every commit and every request remembers of them, to tell whether a promise is broken. */
export interface Watch {
  /** The creates that are written down and not known to be harmless, by their claim. */
  readonly doubts: Readonly<Record<string, Evidence>>;
  /** Claims of creates and transitions that were committed, and not used yet. */
  readonly claims: readonly string[];
}

/** Lookups since a create was claimed that could have shown its issue, and did not. Epoch ms. */
interface Evidence {
  readonly lookups: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

export const NOTHING_SEEN: Watch = { doubts: {}, claims: [] };

/** Lookups that must have seen nothing before a create is sent once more. */
const MIN_LOOKUPS = 2;

/** A group's record was written. @param windowMs the time that lookups must span before an uncertain create is sent again */
export function afterCommit(watch: Watch, before: GroupRecord | null, after: GroupRecord, windowMs: number): Watch | Breach {
  const claimed = { ...watch, claims: [...watch.claims, ...newClaims(before, after)] };
  const create = createClaim(after);
  if (create === null || create === createClaim(before)) return claimed;
  const open = Object.entries(watch.doubts).find(([, evidence]) => !isEnough(evidence, windowMs));
  if (open === undefined) return { ...claimed, doubts: { [create]: { lookups: 0, firstAt: 0, lastAt: 0 } } };
  const [claim, { lookups, firstAt, lastAt }] = open;
  return {
    promise: 'no uncertain create is sent again before the evidence is in',
    what: `${create} is claimed after ${lookups} lookups over ${lastAt - firstAt} ms for ${claim}`,
  };
}

/** A create has reached Jira or the network. @param attempt as its property says */
export function afterCreate(watch: Watch, owner: string, attempt: number): Watch | Breach {
  return used(watch, createWord(owner, attempt), 'no create is sent that is not written down before');
}

export function afterTransition(watch: Watch, owner: string, to: Side): Watch | Breach {
  return used(watch, transitionWord(owner, to), 'no transition is sent that is not written down before');
}

/** Jira, or the network, has told the sender that a create made no issue. */
export function afterRefusal(watch: Watch, owner: string, attempt: number): Watch {
  const { [createWord(owner, attempt)]: _, ...doubts } = watch.doubts;
  return { ...watch, doubts };
}

/** A lookup found nothing. */
export function afterLookup(watch: Watch, now: number): Watch {
  const doubts = Object.entries(watch.doubts).map(([claim, { lookups, firstAt }]) => [
    claim,
    { lookups: lookups + 1, firstAt: lookups === 0 ? now : firstAt, lastAt: now },
  ]);
  return { ...watch, doubts: Object.fromEntries(doubts) };
}

function used(watch: Watch, claim: string, promise: string): Watch | Breach {
  const at = watch.claims.indexOf(claim);
  return at === -1 ? { promise, what: claim } : { ...watch, claims: watch.claims.toSpliced(at, 1) };
}

function newClaims(before: GroupRecord | null, after: GroupRecord): readonly string[] {
  const [create, transition] = [createClaim(after), transitionClaim(after)];
  return [
    ...(create === null || create === createClaim(before) ? [] : [create]),
    ...(after.transition === null || transition === transitionClaim(before)
      ? []
      : [transitionWord(after.transition.owner, after.transition.to)]),
  ];
}

function createClaim(record: GroupRecord | null): string | null {
  return record?.intent?.phase === 'sending' ? createWord(record.intent.owner, record.intent.attempt) : null;
}

/** Two claims of one owner for one side differ in their time. */
function transitionClaim(record: GroupRecord | null): string | null {
  const transition = record?.transition ?? null;
  return transition === null || transition.uncertain ? null : `${transition.owner} ${transition.to} ${transition.sentAt}`;
}

function createWord(owner: string, attempt: number): string {
  return `create ${attempt} of ${owner}`;
}

function transitionWord(owner: string, to: Side): string {
  return `transition to ${to} of ${owner}`;
}

function isEnough({ lookups, firstAt, lastAt }: Evidence, windowMs: number): boolean {
  return lookups >= MIN_LOOKUPS && lastAt - firstAt >= windowMs;
}
