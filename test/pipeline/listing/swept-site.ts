import type { JsonObject } from '../../../src/findings/json.ts';
import type { FindingsSwept } from '../../../src/pipeline/records/findings-sweep-record.ts';
import type { AnalyzerSource } from '../../../src/pipeline/ports/analyzer-source.ts';
import type { DetailsSource } from '../../../src/pipeline/ports/details-source.ts';
import type { AnalyzerSettings } from '../../../src/pipeline/listing/choose-analyzers.ts';
import type { AccessAnalyzerSimulator } from '../../../src/sandbox/access-analyzer/access-analyzer-simulator.ts';
import { SWEEP_OF_FINDINGS, SWEEPS } from '../../../src/pipeline/records/service-collections.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { detailsSource, openAnalyzer } from '../../support/servers/access-analyzer.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts, ServicePartsOptions } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';

export const REGION = 'us-west-2';
export const HOUR_MS = 3_600_000;

/** A site in front of a simulated Access Analyzer. */
export interface SweptSite {
  readonly site: Site;
  readonly aws: AccessAnalyzerSimulator;
  readonly source: AnalyzerSource & DetailsSource;
  start(options?: Partial<ServicePartsOptions>): Promise<ServiceParts>;
}

export async function openSwept(settings: Partial<AnalyzerSettings> = {}): Promise<SweptSite> {
  const [site, aws] = [await openSite(), await openAnalyzer()];
  const source = detailsSource(aws);
  return {
    site,
    aws,
    source,
    start: (options = {}) =>
      site.start({ analyzers: { arns: null, regions: [REGION], source, ...settings }, sweepIntervalMs: HOUR_MS, ...options }),
  };
}

/** The n-th public bucket. */
export function bucket(n: number, detail: Readonly<Record<string, unknown>> = {}, analyzerArn?: string): JsonObject {
  const own = { id: `finding-${n}`, resource: `arn:aws:s3:::bucket-${n}`, ...detail };
  return externalEvent({ detail: own, ...(analyzerArn === undefined ? {} : { analyzerArn }) });
}

/** The same bucket, resolved a while later. */
export function resolved(n: number): JsonObject {
  return bucket(n, { status: 'RESOLVED', updatedAt: '2026-03-02T10:00:00Z' });
}

/** Makes the passes that wait, over all groups that any of these findings belongs to. */
export async function finishAll({ site }: SweptSite, parts: ServiceParts, events: readonly JsonObject[]): Promise<void> {
  for (const event of events) {
    const record = await parts.record(findingOf(event).key);
    if (record !== null) await finish(site, parts, record.group);
  }
}

/** The sweep whose time has come, an hour after the one before. */
export async function sweep({ site }: SweptSite, parts: ServiceParts): Promise<FindingsSwept> {
  const before = await lastSwept(site);
  if (before !== null) site.clock.forward(HOUR_MS + 1_000);
  await parts.findingsSweep?.advance(new AbortController().signal);
  const swept = await lastSwept(site);
  if (swept === null || swept.startedAt === before?.startedAt) throw new Error('No sweep has ended');
  return swept;
}

export async function lastSwept({ store }: Pick<Site, 'store'>): Promise<FindingsSwept | null> {
  const [stored] = await store.read(SWEEPS, [SWEEP_OF_FINDINGS]);
  return stored?.doc.lastSwept ?? null;
}
