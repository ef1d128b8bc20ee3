import type { CloudTrailClient, Event } from '@aws-sdk/client-cloudtrail';
import type { Answered, Refusal } from '../../pipeline/ports/details-source.ts';
import type { AdaptiveRateLimiter } from '../../pipeline/ports/rate-limiter.ts';
import type { AwsAccess, SessionCredentials } from '../../pipeline/ports/aws-access.ts';
import { readChange, type RecordedChange } from './read-change.ts';

/** The question who changed a resource. */
export interface ChangeQuestion {
  readonly accountId: string;
  readonly region: string;
  /** The names that the resource may have in CloudTrail; the next one is tried where nothing is found by one. */
  readonly names: readonly string[];
  /** Actions that tell that a name is the right one. */
  readonly actions: ReadonlySet<string>;
  /** Epoch ms. */
  readonly from: number;
  readonly until: number;
}

export interface FoundChanges {
  readonly changes: readonly RecordedChange[];
  /** Older ones were not read; epoch ms. That of the question: all were. */
  readonly readBackTo: number;
}

/** Asks CloudTrail of a member account. Never throws. */
export type LookUpChanges = (
  question: ChangeQuestion,
  limiter: AdaptiveRateLimiter,
  stopping: AbortSignal,
) => Promise<Answered<FoundChanges>>;

export interface LookUpChangesDeps {
  readonly aws: AwsAccess;
  readonly roleName: string;
  /** How long one call may take, to the last byte of its answer, ms. */
  readonly timeoutMs?: number;
  readonly sleep: (ms: number, stopping: AbortSignal) => Promise<void>;
}

export const RIGHT = 'cloudtrail:LookupEvents';

const TIMEOUT_MS = 15_000;

/** The most that AWS allows. */
const PAGE = 50;

/** Scanners read the settings of a resource all day, and every read is an event. */
const MAX_PAGES = 10;

/** @see LookUpChanges */
export function createLookUpChanges({ aws, roleName, timeoutMs = TIMEOUT_MS, sleep }: LookUpChangesDeps): LookUpChanges {
  const role = aws.memberRole(roleName);

  return async (question, limiter, stopping) => {
    const { accountId, region } = question;
    const assumed = await role.assume(accountId, region, stopping);
    if (!assumed.ok) return assumed;
    const lane = `${accountId} ${region}`;
    const client = await openClient(region, assumed.credentials);
    try {
      for (const [at, name] of question.names.entries()) {
        const found = await byName(client, name, question, () => slot(lane, limiter, stopping), stopping);
        if (!found.ok) {
          if (found.refusal.code === 'throttled') await limiter.slowDown(lane, found.refusal.afterMs);
          return found;
        }
        await limiter.speedUp(lane);
        const isKnown = found.value.changes.some(({ action }) => question.actions.has(action));
        if (isKnown || at === question.names.length - 1) return found;
      }
      return { ok: true, value: { changes: [], readBackTo: question.from } };
    } finally {
      client.destroy();
    }
  };

  async function openClient(region: string, credentials: SessionCredentials): Promise<CloudTrailClient> {
    const { CloudTrailClient: Client } = await import('@aws-sdk/client-cloudtrail');
    return new Client({ ...aws.clientSettings(), region, credentials });
  }

  async function slot(lane: string, limiter: AdaptiveRateLimiter, stopping: AbortSignal): Promise<Refusal | null> {
    const { granted, afterMs } = await limiter.acquire(lane);
    if (granted) await sleep(afterMs, stopping);
    return granted ? null : { code: 'throttled', message: 'there are too many questions before this one', afterMs, concerns: 'finding' };
  }

  async function byName(
    client: CloudTrailClient,
    name: string,
    question: ChangeQuestion,
    takeSlot: () => Promise<Refusal | null>,
    stopping: AbortSignal,
  ): Promise<Answered<FoundChanges>> {
    const changes: RecordedChange[] = [];
    const tokens = new Set<string>();
    let readBackTo = question.until;
    for (let token: string | null = ''; token !== null;) {
      if (tokens.has(token) || tokens.size >= MAX_PAGES) return { ok: true, value: { changes, readBackTo } };
      tokens.add(token);
      const denied = await takeSlot();
      if (denied !== null) return { ok: false, refusal: denied };
      const page = await readPage(client, name, question, token, stopping);
      if (!page.ok) return page;
      changes.push(...page.value.changes);
      readBackTo = Math.min(readBackTo, page.value.oldest);
      token = page.value.next;
    }
    return { ok: true, value: { changes, readBackTo: question.from } };
  }

  /** @param token of the page; empty: the first */
  async function readPage(
    client: CloudTrailClient,
    name: string,
    question: ChangeQuestion,
    token: string,
    stopping: AbortSignal,
  ): Promise<Answered<{ readonly changes: readonly RecordedChange[]; readonly oldest: number; readonly next: string | null }>> {
    const { LookupEventsCommand } = await import('@aws-sdk/client-cloudtrail');
    const command = new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: name }],
      StartTime: new Date(question.from),
      EndTime: new Date(question.until),
      MaxResults: PAGE,
      ...(token === '' ? {} : { NextToken: token }),
    });
    const abortSignal = AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)]);
    try {
      const { Events = [], NextToken } = await Promise.race([client.send(command, { abortSignal }), endOf(abortSignal)]);
      const changes = Events.map((event) => readEvent(event, name, question));
      if (changes.includes('unreadable')) return { ok: false, refusal: BAD_RECORD };
      const ours = changes.flatMap((one) => (typeof one === 'string' ? [] : [one]));
      // The newest come first.
      const oldest = Math.min(...ours.map(({ at }) => at));
      return { ok: true, value: { changes: ours, oldest, next: NextToken || null } };
    } catch (error) {
      return { ok: false, refusal: judged(error) };
    }
  }

  /** The role exists, so that a refusal of the call is about its policy. */
  function judged(error: unknown): Refusal {
    return aws.refusalOf(error, `${RIGHT}, in the role ${roleName} of the account`);
  }
}

const BAD_RECORD: Refusal = {
  code: 'bad-answer',
  message: 'CloudTrail gave a record that can not be read',
  afterMs: null,
  concerns: 'finding',
};

/** A record is only taken where it names the resource, its account and its Region: names of resources of different types may be alike. */
function readEvent(
  { CloudTrailEvent: text = '', Resources = [] }: Event,
  name: string,
  { accountId, region }: ChangeQuestion,
): RecordedChange | 'unreadable' | 'of-another' {
  const change = readChange(text);
  if (change === null) return 'unreadable';
  const isOurs = Resources.some(({ ResourceName }) => ResourceName === name) && change.accountId === accountId && change.region === region;
  return isOurs ? change : 'of-another';
}

/** Rejects when the signal aborts: the SDK does not always. */
function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (): void => reject(Object.assign(new Error('No answer in time'), { name: 'TimeoutError' }));
    if (signal.aborted) return end();
    signal.addEventListener('abort', end, { once: true });
  });
}
