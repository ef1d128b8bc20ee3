import type { JsonObject } from '../findings/json.ts';
import type { IssueDraft } from '../issues/issue-draft.ts';
import type { Marker } from '../issues/marker.ts';
import type { JiraParts } from '../jira/jira-tracker.ts';
import type { IssueRef } from '../pipeline/ports/issue-ref.ts';
import type { JiraAssumption } from './jira-assumptions.ts';
import type { ProofNotes } from './proof-notes.ts';
import { statusOf, type RecordedCalls } from './recorded-calls.ts';

/** What a proof on a real site is told. */
export interface LiveProofOptions {
  readonly jira: JiraParts;
  readonly projectKey: string;
  readonly issueType: string;
  /** Fields that the project requires, as a rule gives them. */
  readonly fields: JsonObject;
  /** Of the service: an issue that search does not show for so long may be created again, ms. */
  readonly uncertainWindowMs: number;
  readonly bounds: ProofBounds;
  /** A word that no other run has. */
  readonly run: string;
  /** Waits; rejects when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Aborted: no further check is begun, and the issue is closed. */
  readonly signal: AbortSignal;
  /** Tells the person at the terminal. It may name things of the site, which the report must not. */
  readonly say: (line: string) => void;
}

/** Bounds of waiting, ms. */
export interface ProofBounds {
  /** How long search may take to find the issue. */
  readonly searchMs: number;
  /** How long one search may take longer than another one that has found the issue. */
  readonly graceMs: number;
  /** How long a read may take to show a write. */
  readonly readMs: number;
  /** From one try to the next. */
  readonly everyMs: number;
}

/** A proof under way, with its test issue. */
export interface LiveProof extends Omit<LiveProofOptions, 'jira'> {
  readonly calls: RecordedCalls;
  readonly parts: Omit<JiraParts, 'calls'>;
  readonly notes: ProofNotes<JiraAssumption>;
  readonly accountId: string;
}

export interface TestIssue {
  readonly issue: IssueRef;
  readonly draft: IssueDraft;
  readonly marker: Marker;
  /** False: it was created without labels. */
  readonly tookLabels: boolean;
  /** Monotonic ms. */
  readonly createdAt: number;
}

/** Ends a proof before its end; the message is for the report. */
export class ProofStopped extends Error {}

/** Makes a permit's further call, unless the proof was interrupted. @throws ProofStopped */
export async function goOn({ calls, signal }: Pick<LiveProof, 'calls' | 'signal'>): Promise<void> {
  if (signal.aborted) throw new ProofStopped('interrupted');
  await calls.governor.another();
}

/**
 * Repeats a read until its result is as wanted, or the patience ends.
 * @returns the last result, and whether the first one was as wanted already
 */
export async function readUntil<T>(
  proof: Pick<LiveProof, 'calls' | 'signal' | 'sleep' | 'bounds'>,
  read: () => Promise<T>,
  isAsWanted: (result: T) => boolean,
  forMs = proof.bounds.readMs,
): Promise<{ readonly last: T; readonly isThere: boolean; readonly atOnce: boolean; readonly afterMs: number }> {
  const { clock } = proof.calls;
  const from = clock.monotonic();
  for (let tries = 1; ; tries += 1) {
    await goOn(proof);
    const last = await read();
    const [isThere, afterMs] = [isAsWanted(last), Math.round(clock.monotonic() - from)];
    if (isThere || afterMs > forMs) return { last, isThere, atOnce: isThere && tries === 1, afterMs };
    await pause(proof);
  }
}

/** @throws ProofStopped when it is interrupted meanwhile */
export async function pause({ sleep, bounds, signal }: Pick<LiveProof, 'sleep' | 'bounds' | 'signal'>): Promise<void> {
  await sleep(bounds.everyMs, signal).catch(() => {
    throw new ProofStopped('interrupted');
  });
}

/** How often a read is sent before Jira counts as away. */
const MAX_READS = 4;
const READS = /^(?:GET |POST \/search\/jql$|POST \/issue\/bulkfetch$)/;

/**
 * The proof with calls that end it where Jira does not answer: silence says nothing about an assumption. Reads are repeated before.
 * The calls throw ProofStopped.
 */
export function insisting(proof: LiveProof): LiveProof {
  const { calls } = proof;
  return {
    ...proof,
    calls: {
      ...calls,
      async ask(call, hear, sendBy) {
        for (let tries = 1; ; tries += 1) {
          const answer = await calls.ask(call, hear, sendBy);
          const status = statusOf(answer);
          if (/^[234]\d\d$/.test(status) && !UNANSWERED.has(status)) return answer;
          const isRead = READS.test(calls.recorded.at(-1)?.operation ?? '');
          if (tries === MAX_READS || !isRead) throw new ProofStopped(`Jira did not answer a request: ${status}`);
          await pause(proof);
          await goOn(proof);
        }
      },
    },
  };
}

/** These say nothing about the request. */
const UNANSWERED: ReadonlySet<string> = new Set(['401', '408', '425', '429']);
