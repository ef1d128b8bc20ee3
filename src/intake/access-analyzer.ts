import {
  GenerateFindingRecommendationCommand,
  GetFindingRecommendationCommand,
  GetFindingV2Command,
  ValidationException,
  type GetFindingRecommendationResponse,
  type GetFindingV2Response,
} from '@aws-sdk/client-accessanalyzer';
import { parseArn } from '../findings/arn.ts';
import type { JsonObject } from '../findings/json.ts';
import type { Answered, DetailsSource, FindingDetails, FindingRef, Recommendation, AcquireSlot } from '../pipeline/ports/details-source.ts';
import type { AnalyzerSource } from '../pipeline/ports/analyzer-source.ts';
import { createAnalyzerCalls, type AnalyzerCallsOptions, type Send } from './analyzer-calls.ts';
import { createAnalyzerLists } from './analyzer-lists.ts';
import { createResourceScan } from './resource-scan.ts';
import { badAnswer } from './analyzer-refusal.ts';
import { boundDetails, boundSteps, MAX_ENTRIES, plainList, type BoundList } from './bound-list.ts';

export interface AccessAnalyzerOptions extends Omit<AnalyzerCallsOptions, 'timeoutMs'> {
  /** Waits between two reads of a recommendation that AWS is making. */
  readonly sleep: (ms: number) => Promise<void>;
  /** How long one call may take, to the last byte of its answer, ms. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;

/** Ms before each read of a recommendation that was just requested; one that is not made by then is read later. */
const READ_DELAYS_MS = [1_000, 2_000, 4_000];

/**
 * Access Analyzer's own API: each analyzer is asked in the Region of its ARN.
 */
export function createAccessAnalyzer({
  agents,
  log,
  sleep,
  timeoutMs = TIMEOUT_MS,
}: AccessAnalyzerOptions): DetailsSource & AnalyzerSource {
  const calls = createAnalyzerCalls({ agents, log, timeoutMs });
  const { pages } = calls;

  function call<T>({ analyzerArn }: FindingRef, right: string, acquireSlot: AcquireSlot, send: Send<T>): Promise<Answered<T>> {
    const { region = '', accountId = '' } = parseArn(analyzerArn) ?? {};
    return calls.call({ region, accountId, analyzerArn, right }, acquireSlot, send);
  }

  async function read(ref: FindingRef, acquireSlot: AcquireSlot): Promise<Answered<FindingDetails>> {
    const of = { analyzerArn: ref.analyzerArn, id: ref.findingId };
    const answered = await pages(
      (nextToken) =>
        call(ref, 'access-analyzer:GetFinding', acquireSlot, (client, options) =>
          client.send(new GetFindingV2Command({ ...of, nextToken }), options),
        ),
      (soFar) => soFar.reduce((count, { findingDetails = [] }) => count + findingDetails.length, 0) > MAX_ENTRIES,
    );
    return answered.ok ? detailsFrom(ref, answered.value) : answered;
  }

  async function recommend(ref: FindingRef, acquireSlot: AcquireSlot, wasAsked: boolean): Promise<Answered<Recommendation>> {
    const of = { analyzerArn: ref.analyzerArn, id: ref.findingId };
    if (!wasAsked) {
      const asked = await call(ref, 'access-analyzer:GenerateFindingRecommendation', acquireSlot, (client, options) =>
        client.send(new GenerateFindingRecommendationCommand(of), options).then(() => 'taken' as const, noRecommendation),
      );
      if (!asked.ok) return asked;
      if (asked.value !== 'taken') return { ok: true, value: asked.value };
    }
    for (const waitMs of READ_DELAYS_MS) {
      if (waitMs > 0) await sleep(waitMs);
      const answered = await pages(
        (nextToken) =>
          call(ref, 'access-analyzer:GetFindingRecommendation', acquireSlot, (client, options) =>
            client.send(new GetFindingRecommendationCommand({ ...of, nextToken }), options),
          ),
        () => false,
      );
      // AWS forgets recommendations after a while, and may not know one yet that was just requested.
      if (!answered.ok && answered.refusal.code === 'gone') {
        if (wasAsked) return recommend(ref, acquireSlot, false);
        continue;
      }
      if (!answered.ok) return answered;
      const recommendation = recommendationFrom(answered.value);
      if (!recommendation.ok || recommendation.value.state !== 'in-progress') return recommendation;
    }
    return { ok: true, value: { state: 'in-progress' } };
  }

  return {
    read,
    recommend,
    ...createAnalyzerLists(calls),
    ...createResourceScan(calls),
    close: () => calls.close(),
  };
}

/** AWS refuses the request for findings that it makes no recommendation for. */
function noRecommendation(error: unknown): Recommendation {
  if (!(error instanceof ValidationException)) throw error;
  return { state: 'none', because: 'AWS makes no recommendation for this finding' };
}

interface Pages<T> {
  readonly pages: readonly [T, ...T[]];
  readonly isWhole: boolean;
}

function detailsFrom({ findingId }: FindingRef, { pages, isWhole }: Pages<GetFindingV2Response>): Answered<FindingDetails> {
  const [{ id, status, updatedAt }] = pages;
  if (id !== findingId) return { ok: false, refusal: badAnswer('another finding than the one that was asked for') };
  if (status !== 'ACTIVE' && status !== 'ARCHIVED' && status !== 'RESOLVED')
    return { ok: false, refusal: badAnswer('no status that is known') };
  if (updatedAt === undefined || Number.isNaN(updatedAt.getTime())) return { ok: false, refusal: badAnswer('no time of the last change') };
  const { list, isCut } = bound(pages, ({ findingDetails }) => findingDetails, boundDetails);
  return { ok: true, value: { status, updatedAt: updatedAt.toISOString(), list, isCut: isCut || !isWhole } };
}

function recommendationFrom({ pages, isWhole }: Pages<GetFindingRecommendationResponse>): Answered<Recommendation> {
  const [{ status, error }] = pages;
  if (status === 'IN_PROGRESS') return { ok: true, value: { state: 'in-progress' } };
  if (status === 'FAILED') return { ok: true, value: { state: 'none', because: (error?.message ?? 'AWS gave no reason').slice(0, 300) } };
  if (status !== 'SUCCEEDED') return { ok: false, refusal: badAnswer('a recommendation in no state that is known') };
  const { list, isCut } = bound(pages, ({ recommendedSteps }) => recommendedSteps, boundSteps);
  return { ok: true, value: { state: 'made', steps: list, isCut: isCut || !isWhole } };
}

/** The lists of all pages as one, each entry once: an endless list starts over. */
function bound<T>(
  pages: readonly T[],
  listOf: (page: T) => readonly object[] | undefined,
  cut: (all: readonly JsonObject[]) => BoundList,
): BoundList {
  const all = pages.flatMap((page) => plainList(listOf(page)));
  return cut([...new Map(all.map((entry) => [JSON.stringify(entry), entry])).values()]);
}
