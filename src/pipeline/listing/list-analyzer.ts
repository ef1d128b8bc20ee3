import { parseArn } from '../../findings/arn.ts';
import type { AnalyzerSource, FindingsQuestion } from '../ports/analyzer-source.ts';
import type { Refusal } from '../ports/details-source.ts';
import type { Emit } from '../ports/service-event.ts';
import { put, type Write } from '../ports/store.ts';
import { atWork, EVENT_NOTED_EVERY_MS, newAnalyzer, type AnalyzerRecord } from '../records/analyzer-record.ts';
import { ANALYZERS } from '../records/analyzer-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { DocumentUnreadable } from '../ports/unreadable-document.ts';
import type { AskAnalyzer } from './ask-analyzer.ts';
import { endFindings, type EndFindingsDeps } from './end-findings.ts';
import { compareListing, MANY_MISSING, missingFrom, type Compared } from './compare-listing.ts';
import { packIds, shortId, shortIdOf, unpackIds } from './listed-ids.ts';
import type { ListedMarks } from './listed-marks.ts';
import {
  counted,
  type AnalyzerSwept,
  type ChosenAnalyzer,
  type Idleness,
  type ListingCounts,
  type ListingPosition,
} from '../records/listing-position.ts';
import { createTakePage } from './take-page.ts';

/** A part of the listing of one analyzer: a page, or the comparison after the last one. */
export type Listed =
  | { readonly is: 'going-on'; readonly position: ListingPosition; readonly writes: readonly Write[] }
  | { readonly is: 'ended'; readonly swept: AnalyzerSwept; readonly writes: readonly Write[] }
  | { readonly is: 'later'; readonly position: ListingPosition; readonly afterMs: number };

export type ListAnalyzer = (analyzer: ChosenAnalyzer, position: ListingPosition) => Promise<Listed>;

export interface ListAnalyzerDeps extends EndFindingsDeps {
  readonly emit: Emit;
  readonly source: AnalyzerSource;
  readonly ask: AskAnalyzer;
  readonly marks: ListedMarks;
  readonly allowedAccounts: ReadonlySet<string> | null;
  /** When the sweep began; store's clock, epoch ms. */
  readonly startedAt: number;
}

/** The other statuses are listed once a day: what an event lost of them is found out by the comparison already. */
const OTHERS_EVERY_MS = 23 * 60 * 60_000;

/** Far more than an analyzer has findings: 500,000 at a hundred a page. */
const MAX_PAGES = 5_000;

/** About half an hour of throttling. */
const MAX_PUT_OFF = 30;

const IN_A_CIRCLE: Refusal = { code: 'bad-answer', message: 'AWS gave pages that go in a circle', afterMs: null, concerns: 'analyzer' };

export function createListAnalyzer(deps: ListAnalyzerDeps): ListAnalyzer {
  const { store, source, marks, startedAt, dryRun } = deps;
  const takePage = createTakePage(deps);

  async function listPage(analyzer: ChosenAnalyzer, position: ListingPosition): Promise<Listed> {
    const { arn } = analyzer;
    const whole = analyzer.type === 'ACCOUNT' || analyzer.type === 'ORGANIZATION';
    const statuses: FindingsQuestion['statuses'] = position.phase === 'active' ? ['ACTIVE'] : ['ARCHIVED', 'RESOLVED'];
    const askedAt = await store.now();
    const asked = await deps.ask(regionOf(arn), whole ? 'ListFindings' : 'ListFindingsV2', (slot) =>
      source.listFindings({ analyzerArn: arn, whole, statuses, token: position.token }, slot),
    );
    if (asked.is === 'later') return putOff(analyzer, position, asked.afterMs);
    if (asked.is === 'refused') {
      // A token may have expired while no process went on.
      const again = asked.refusal.code === 'bad-answer' && position.token !== null && !position.restarted;
      if (again) return { is: 'going-on', position: { ...fromStart(position), restarted: true }, writes: [] };
      return incomplete(analyzer, position, asked.refusal);
    }
    const { findings, nextToken } = asked.value;
    const { phase, pages } = position;
    const next = counted(position, await takePage(arn, findings, { askedAt, dryRun }));
    const ids = findings.map(({ findingId }) => shortId(findingId));
    const writes = phase === 'active' ? await marks.mark(arn, pages, ids) : [];
    const done = phase === 'active' ? pages + 1 : pages;
    if (nextToken === null) return { is: 'going-on', position: { ...(await afterLast({ ...next, pages: done }, arn)) }, writes };
    const token = shortId(nextToken);
    if (unpackIds(position.tokens).has(token) || position.tokens.length >= MAX_PAGES * token.length)
      return incomplete(analyzer, next, IN_A_CIRCLE);
    return { is: 'going-on', position: { ...next, pages: done, token: nextToken, tokens: position.tokens + token }, writes };
  }

  async function afterLast(position: ListingPosition, arn: string): Promise<ListingPosition> {
    const { doc } = await readReplaceable(store, ANALYZERS, arn);
    const due = (doc?.othersAt ?? -Infinity) <= startedAt - OTHERS_EVERY_MS;
    const isFirst = position.phase === 'active' && due && !position.othersListed;
    const othersListed = position.othersListed || position.phase === 'others';
    return { ...position, phase: isFirst ? 'others' : 'compare', token: null, tokens: '', restarted: false, othersListed };
  }

  /** Where AWS does not say that the analyzer is active, nothing follows from what its list lacks. */
  async function compare(analyzer: ChosenAnalyzer, position: ListingPosition): Promise<Listed> {
    const { doc } = await readReplaceable(store, ANALYZERS, analyzer.arn);
    if (analyzer.status !== 'ACTIVE') return complete(analyzer, position, { missing: doc?.missing ?? '', alarm: null });
    const listed = await listedSoFar(analyzer.arn, position.pages);
    if (listed === null) return { is: 'going-on', position: { ...fromStart(position), phase: 'active', pages: 0 }, writes: [] };
    const lacking = await missingFrom(store, analyzer.arn, listed, startedAt);
    if (lacking.keys.length > MANY_MISSING && !position.othersListed)
      return { is: 'going-on', position: { ...position, phase: 'others' }, writes: [] };
    const before = unpackIds(doc?.missing ?? '');
    const compared = await compareListing(deps, lacking, before);
    if (compared.is === 'later') return putOff(analyzer, position, compared.afterMs);
    return complete(
      analyzer,
      counted(position, { ...countsOf(compared), missing: lacking.keys.length + lacking.unknown.length }),
      missingNow(compared, lacking.held, startedAt),
    );
  }

  /** A page that is gone or unreadable makes the listing incomplete. */
  async function listedSoFar(arn: string, pages: number): Promise<ReadonlySet<string> | null> {
    try {
      return await marks.load(arn, pages);
    } catch (error) {
      if (error instanceof DocumentUnreadable) return null;
      throw error;
    }
  }

  async function putOff(analyzer: ChosenAnalyzer, position: ListingPosition, afterMs: number): Promise<Listed> {
    // Not counted where this process ends, or another one has the sweep.
    const next = afterMs === 0 ? position : { ...position, putOff: position.putOff + 1 };
    if (next.putOff <= MAX_PUT_OFF) return { is: 'later', position: next, afterMs };
    return incomplete(analyzer, position, {
      code: 'throttled',
      message: 'AWS keeps asking to slow down',
      afterMs: null,
      concerns: 'analyzer',
    });
  }

  async function incomplete(analyzer: ChosenAnalyzer, position: ListingPosition, { code, message }: Refusal): Promise<Listed> {
    const problem = { code, message };
    const swept = { analyzerArn: analyzer.arn, is: 'incomplete', problem, alarm: false, ...position.counts } as const;
    return { is: 'ended', swept, writes: await record(analyzer, (known) => ({ ...known, problem: { ...problem, at: startedAt } })) };
  }

  async function complete(
    analyzer: ChosenAnalyzer,
    position: ListingPosition,
    { missing, alarm }: Pick<AnalyzerRecord, 'missing' | 'alarm'>,
  ): Promise<Listed> {
    const swept = { analyzerArn: analyzer.arn, is: 'complete', problem: null, alarm: alarm !== null, ...position.counts } as const;
    const writes = await record(analyzer, (known) => ({
      ...known,
      ...newsOf(known, position.counts, startedAt),
      completeAt: startedAt,
      othersAt: position.othersListed ? startedAt : known.othersAt,
      problem: null,
      missing,
      alarm,
    }));
    return { is: 'ended', swept, writes };
  }

  /** The second sweep in a row that does not find it at work ends its findings. */
  async function endIdle(analyzer: ChosenAnalyzer, position: ListingPosition, idle: Idleness): Promise<Listed> {
    const { doc } = await readReplaceable(store, ANALYZERS, analyzer.arn);
    const { idleSince = startedAt } = doc ?? {};
    const isSecond = idleSince < startedAt;
    const done = isSecond ? await endFindings(deps, analyzer, idle) : { is: 'done' as const, passedOn: 0, unmonitored: 0 };
    if (done.is === 'later') return { is: 'later', position, afterMs: 0 };
    const { passedOn, unmonitored } = done;
    const { counts } = counted(position, { gone: unmonitored });
    const swept = { analyzerArn: analyzer.arn, is: 'not-active', problem: null, alarm: false, ...counts } as const;
    const writes = await record(analyzer, (known) => ({
      ...known,
      problem: null,
      alarm: null,
      missing: '',
      idleSince,
      ...(isSecond ? { endedAt: known.endedAt ?? startedAt } : {}),
    }));
    if (!dryRun && passedOn + unmonitored > 0) deps.emit({ what: 'analyzer-ended', analyzerArn: analyzer.arn, passedOn, unmonitored });
    return { is: 'ended', swept, writes };
  }

  async function isUnknownToAws({ arn }: ChosenAnalyzer): Promise<boolean> {
    const question = { analyzerArn: arn, whole: false, statuses: ['ACTIVE'], token: null } as const;
    const asked = await deps.ask(regionOf(arn), 'ListFindingsV2', (slot) => source.listFindings(question, slot));
    return asked.is === 'refused' && asked.refusal.code === 'not-configured' && asked.refusal.concerns === 'analyzer';
  }

  async function record(
    { arn, type, status }: ChosenAnalyzer,
    change: (known: AnalyzerRecord) => AnalyzerRecord,
  ): Promise<readonly Write[]> {
    if (dryRun) return [];
    const { doc, version } = await readReplaceable(store, ANALYZERS, arn);
    const next = change(doc ?? newAnalyzer(startedAt));
    const isAtWork = status === 'ACTIVE' || status === 'CREATING';
    return [put(ANALYZERS, arn, version, { ...(isAtWork ? atWork(next) : next), type: type ?? next.type, status, chosenAt: startedAt })];
  }

  return async (analyzer, position) => {
    const { arn, status, idle } = analyzer;
    if (idle !== undefined && (idle !== 'unnamed' || (await isUnknownToAws(analyzer)))) return endIdle(analyzer, position, idle);
    if (status !== null && status !== 'ACTIVE') {
      const swept = { analyzerArn: arn, is: 'not-active', problem: null, alarm: false, ...position.counts } as const;
      return { is: 'ended', swept, writes: await record(analyzer, (known) => ({ ...known, problem: null })) };
    }
    return position.phase === 'compare' ? compare(analyzer, position) : listPage(analyzer, position);
  };
}

function fromStart(position: ListingPosition): ListingPosition {
  return { ...position, token: null, tokens: '', ...(position.phase === 'active' ? { pages: 0 } : {}) };
}

/** A first listing has findings from before the events began, so its news says nothing about them. */
function newsOf(known: AnalyzerRecord, counts: ListingCounts, at: number): Pick<AnalyzerRecord, 'mismatch' | 'unannounced'> {
  const { added, changed, missing } = counts;
  const findings = added + changed + counts.ended;
  const isSilent = known.completeAt !== null && (known.lastEventAt ?? -Infinity) < known.completeAt - EVENT_NOTED_EVERY_MS;
  return { mismatch: { added, changed, missing }, unannounced: isSilent && findings > 0 ? { at, findings } : known.unannounced };
}

function countsOf({
  ended,
  gone,
  unanswered,
}: Compared & { readonly is: 'compared' }): Pick<AnalyzerSwept, 'ended' | 'gone' | 'unanswered'> {
  return { ended, gone, unanswered };
}

function missingNow(
  { missing, alarm }: Compared & { readonly is: 'compared' },
  held: number,
  at: number,
): Pick<AnalyzerRecord, 'missing' | 'alarm'> {
  const ids = packIds(missing.map(shortIdOf));
  return { missing: ids, alarm: alarm ? { at, missing: missing.length, of: held } : null };
}

function regionOf(arn: string): string {
  return parseArn(arn)?.region ?? '';
}
