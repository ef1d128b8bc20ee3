import type { AcceptFinding } from '../accept/accept-finding.ts';
import { createAdaptiveRateLimiter } from '../details/adaptive-rate-limiter.ts';
import type { AnalyzerSource } from '../ports/analyzer-source.ts';
import type { Emit } from '../ports/service-event.ts';
import { OperationEnded } from '../operations/run-operation.ts';
import type { Store, Write } from '../ports/store.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import type { StoreTrust } from '../ports/store-trust.ts';
import { OPERATIONS } from '../records/admin-collections.ts';
import { SWEEP_OF_FINDINGS, SWEEPS, type SweepRecord } from '../records/service-collections.ts';
import { sweptFrom, type FindingsSwept, type FindingsSweepRun } from '../records/findings-sweep-record.ts';
import { AT_THE_BEGINNING, type AnalyzerSwept } from '../records/listing-position.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { createAskAnalyzer } from './ask-analyzer.ts';
import { chooseAnalyzers, type AnalyzerSettings } from './choose-analyzers.ts';
import { createListAnalyzer } from './list-analyzer.ts';
import { sleepUntilEnded } from './sleep-until-ended.ts';
import { createListedMarks, createPassingMarks, type ListedMarks } from './listed-marks.ts';
import { claimSweep, type SweepClaim } from './sweep-claim.ts';

/**
 * Compares the findings in AWS with the store: lists every analyzer, accepts what events have not said, and asks about what a list lacks.
 * One sweep over all replicas, page by page: after a kill, any replica goes on where it was.
 */
export interface FindingsSweep {
  /** Goes on with the sweep that is under way, or begins the one that is due, if no other replica has it. @param signal ends it between two calls */
  advance(signal: AbortSignal): Promise<void>;
  /** Runs a sweep now, or joins the one that is under way. */
  run(how: SweepNow): Promise<FindingsSwept>;
  /** Ends what runs here, for another process to go on with. */
  stop(): void;
}

export interface SweepNow {
  /** Only reports what it would do; in this process alone, and from the beginning. */
  readonly dryRun: boolean;
  /** The id of the operation: when that is cancelled, so is a sweep that it began. */
  readonly operation: string;
  /** When the sweep began that an earlier run of the operation waited for; null: this is the first run. */
  readonly joined: number | null;
  /** Called now and then. @param startedAt for `joined` */
  readonly onProgress: (listed: number, startedAt: number) => Promise<void>;
  readonly signal: AbortSignal;
}

export interface FindingsSweepDeps extends AnalyzerSettings {
  readonly store: Store;
  readonly queue: ReconcileQueue;
  readonly trust: Pick<StoreTrust, 'isTrusted'>;
  readonly accept: AcceptFinding;
  readonly source: AnalyzerSource;
  readonly emit: Emit;
  /** Null: all. */
  readonly allowedAccounts: ReadonlySet<string> | null;
  /** Ms from one sweep to the next; 0: none but those that an admin starts. */
  readonly intervalMs: number;
  /** Calls per second to each Region, of all replicas together. @see LISTINGS_PER_SECOND */
  readonly perSecond: number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** From one look at a sweep that another replica runs to the next, ms. */
const LOOK_MS = 1_000;

export function createFindingsSweep(deps: FindingsSweepDeps): FindingsSweep {
  const { store, emit } = deps;
  const stopping = new AbortController();
  const marks = createListedMarks(store);
  const limiter = createAdaptiveRateLimiter({ store, perSecond: deps.perSecond, of: 'listing' });

  /** The next part of a sweep: choosing its analyzers, a page, a comparison. */
  async function part(run: FindingsSweepRun, how: Part): Promise<PartDone> {
    const calls: Record<string, number> = { ...run.calls };
    const count = (call: string): void => void (calls[call] = (calls[call] ?? 0) + 1);
    const ask = createAskAnalyzer({ limiter, sleep: deps.sleep, signal: how.signal, willWait: how.keep, count });
    if (run.analyzers === null) {
      const chosen = await chooseAnalyzers({ ...deps, ask, startedAt: run.startedAt });
      if (chosen.is === 'later') return { is: 'later', run: { ...run, calls }, afterMs: chosen.afterMs };
      const { analyzers, regions, problems } = chosen;
      return { is: 'going-on', run: { ...run, analyzers, regions, regionProblems: problems, calls }, writes: [], done: null };
    }
    const analyzer = run.analyzers[run.swept.length];
    if (analyzer === undefined) return { is: 'ended', swept: sweptFrom(run, await store.now()) };
    const list = createListAnalyzer({ ...deps, ...how, ask, startedAt: run.startedAt, stillOurs: () => how.keep(0) });
    const listed = await list(analyzer, run.position);
    if (listed.is === 'later') return { is: 'later', run: { ...run, position: listed.position, calls }, afterMs: listed.afterMs };
    const { writes } = listed;
    if (listed.is === 'going-on') return { is: 'going-on', run: { ...run, position: listed.position, calls }, writes, done: null };
    const swept = [...run.swept, listed.swept];
    const next = { ...run, swept, position: AT_THE_BEGINNING, calls };
    return { is: 'going-on', run: next, writes, done: { swept: listed.swept, pages: run.position.pages } };
  }

  /** Does one part after the other. @returns false when there was nothing to do, or another process does it */
  async function work(signal: AbortSignal, begin: Parameters<typeof claimSweep>[1], onPart: OnPart): Promise<boolean> {
    const claim = await claimSweep(deps, begin);
    if (claim === null) return false;
    const how = { marks, dryRun: false, signal, keep: (ms: number) => claim.keep(ms) };
    for (;;) {
      const { run, ...rest } = claim.record;
      if (run === undefined) return true;
      const done = (await isCancelled(run)) ? 'cancelled' : await part(run, how);
      if (done === 'cancelled') await claim.release(rest, nextAt(run.startedAt));
      else if (signal.aborted) await claim.release(claim.record, await store.now());
      else if (await isSaved(claim, rest, done)) {
        await onPart(claim.record.run);
        continue;
      }
      return true;
    }
  }

  /** @returns whether this process goes on */
  async function isSaved(claim: SweepClaim, rest: Omit<SweepRecord, 'nextAt'>, part: PartDone): Promise<boolean> {
    if (part.is === 'later') {
      await claim.release({ ...rest, run: part.run }, (await store.now()) + part.afterMs);
      return false;
    }
    if (part.is === 'ended') {
      const { swept } = part;
      if (await claim.release({ ...rest, lastSwept: swept }, nextAt(swept.startedAt))) emitSwept(emit, swept);
      return false;
    }
    if (!(await claim.save({ ...rest, run: part.run }, part.writes))) return false;
    if (part.done !== null) {
      emitListed(emit, part.done.swept);
      await marks.forget(part.done.swept.analyzerArn, part.done.pages);
    }
    return true;
  }

  /** Without a sweep that comes by itself, a later one can only be started. */
  function nextAt(startedAt: number): number {
    return startedAt + deps.intervalMs;
  }

  async function isCancelled({ operation }: FindingsSweepRun): Promise<boolean> {
    const { doc } = operation === null ? { doc: null } : await readReplaceable(store, OPERATIONS, operation);
    return doc?.state === 'cancelled';
  }

  async function dryRun({ onProgress }: SweepNow, signal: AbortSignal): Promise<FindingsSwept> {
    const passing = createPassingMarks();
    const how = { marks: passing, dryRun: true, signal, keep: async () => true };
    let run = newRun(await store.now(), null);
    for (;;) {
      const done = await part(run, how);
      if (signal.aborted) throw new OperationEnded();
      if (done.is === 'ended') return done.swept;
      if (done.is === 'later') await sleepUntilEnded(deps.sleep, done.afterMs, signal);
      else if (done.done !== null) await passing.forget(done.done.swept.analyzerArn, done.done.pages);
      run = done.run;
      await onProgress(listedBy(run), run.startedAt);
    }
  }

  /** Begins a sweep, unless one is under way. @returns when it began */
  async function join(operation: string): Promise<number> {
    for (;;) {
      const { doc } = await readReplaceable(store, SWEEPS, SWEEP_OF_FINDINGS);
      if (doc?.run !== undefined) return doc.run.startedAt;
      const claim = await claimSweep(deps, (known, now) => (known?.run === undefined ? { ...known, run: newRun(now, operation) } : null));
      if (claim?.record.run === undefined) continue;
      const { startedAt } = claim.record.run;
      await claim.release(claim.record, startedAt);
      return startedAt;
    }
  }

  return {
    async advance(signal) {
      if (deps.intervalMs === 0 || !(await deps.trust.isTrusted())) return;
      const due: Parameters<typeof claimSweep>[1] = (known, now) =>
        (known?.nextAt ?? 0) > now ? null : { ...known, run: known?.run ?? newRun(now, null) };
      await work(AbortSignal.any([signal, stopping.signal]), due, async () => undefined);
    },
    async run(how) {
      const signal = AbortSignal.any([how.signal, stopping.signal]);
      if (how.dryRun) return dryRun(how, signal);
      let startedAt = how.joined ?? (await join(how.operation));
      for (;;) {
        const { doc } = await readReplaceable(store, SWEEPS, SWEEP_OF_FINDINGS);
        if (doc?.lastSwept !== undefined && doc.lastSwept.startedAt >= startedAt) return doc.lastSwept;
        // Cancelled, or lost with the store.
        if (doc?.run === undefined) startedAt = await join(how.operation);
        if (signal.aborted) throw new OperationEnded();
        await how.onProgress(doc?.run === undefined ? 0 : listedBy(doc.run), startedAt);
        const underWay: Parameters<typeof claimSweep>[1] = (known, now) => (known?.run === undefined || known.nextAt > now ? null : known);
        const worked = await work(signal, underWay, async (run) => how.onProgress(run === undefined ? 0 : listedBy(run), startedAt));
        if (!worked) await sleepUntilEnded(deps.sleep, LOOK_MS, signal);
      }
    },
    stop: () => stopping.abort(),
  };
}

interface Part {
  readonly marks: ListedMarks;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** @see SweepClaim.keep */
  readonly keep: (ms: number) => Promise<boolean>;
}

/** `done`: the analyzer that this part was the last one of. */
type PartDone =
  | {
      readonly is: 'going-on';
      readonly run: FindingsSweepRun;
      readonly writes: readonly Write[];
      readonly done: { readonly swept: AnalyzerSwept; readonly pages: number } | null;
    }
  | { readonly is: 'later'; readonly run: FindingsSweepRun; readonly afterMs: number }
  | { readonly is: 'ended'; readonly swept: FindingsSwept };

type OnPart = (run: FindingsSweepRun | undefined) => Promise<void>;

function newRun(startedAt: number, operation: string | null): FindingsSweepRun {
  return { startedAt, operation, analyzers: null, regions: [], regionProblems: [], swept: [], position: AT_THE_BEGINNING, calls: {} };
}

function listedBy({ swept, position }: FindingsSweepRun): number {
  return swept.reduce((sum, { listed }) => sum + listed, position.counts.listed);
}

function emitListed(emit: Emit, { analyzerArn, problem, alarm, missing }: AnalyzerSwept): void {
  if (problem !== null) emit({ what: 'analyzer-not-listed', analyzerArn, ...problem });
  if (alarm) emit({ what: 'findings-vanished', analyzerArn, missing });
}

function emitSwept(emit: Emit, { listed, added, changed, missing, ended, gone, complete, of, regionProblems }: FindingsSwept): void {
  for (const problem of regionProblems) emit({ what: 'region-not-asked', ...problem });
  emit({ what: 'findings-swept', listed, added, changed, missing, ended, gone, complete, of });
}
