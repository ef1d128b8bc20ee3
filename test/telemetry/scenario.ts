import type { Finding } from '../../src/findings/finding.ts';
import { createEmit } from '../../src/telemetry/emit.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import type { Emit } from '../../src/pipeline/ports/service-event.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { finish } from '../support/service/finish.ts';
import { findingOf, rulesOf } from '../support/findings/parsed.ts';
import type { ServiceParts, ServicePartsOptions } from '../support/service/service-parts.ts';
import { openSite, type Site } from '../support/service/site.ts';

/** Something that happens to a small service, and the samples that it moves on a metrics page that was empty before. */
export interface Scenario {
  /** By sample, as the page writes it without `_count`; `some`: any value above 0. */
  readonly moves: Readonly<Record<string, number | 'some'>>;
  happen(metrics: Metrics): Promise<void>;
}

/** A finding at a minute of its life. */
export function seen(minute: number, detail: Readonly<Record<string, unknown>> = {}): Finding {
  const updatedAt = new Date(Date.UTC(2026, 2, 1, 10, minute)).toISOString();
  return findingOf(externalEvent({ time: updatedAt, detail: { id: 'finding-1', updatedAt, ...detail } }));
}

/** The same findings, each with a resource of its own. */
export function numbered(n: number, detail: Readonly<Record<string, unknown>> = {}): Finding {
  return seen(0, { id: `finding-${n}`, resource: `arn:aws:s3:::bucket-${n}`, ...detail });
}

/** A rule that sends everything to SEC. */
export const everything = (more: object = {}): object => ({
  id: 'all',
  match: { source: ['aws.access-analyzer'] },
  action: 'issue',
  issue: { project: 'SEC', issueType: 'Task' },
  ...more,
});

/** A service with a metrics page on a site of its own, whose store is trusted. */
export async function started(
  metrics: Metrics,
  options: Partial<ServicePartsOptions> = {},
): Promise<{ readonly site: Site; readonly parts: ServiceParts }> {
  const site = await openSite();
  return { site, parts: await site.start({ metrics, rules: rulesOf([everything()]), ...options }) };
}

/** Hands on observations one after the other, each until nothing is left to do. */
export async function report(site: Site, parts: ServiceParts, ...findings: readonly Finding[]): Promise<void> {
  for (const finding of findings) await finish(site, parts, (await parts.accept(finding)).group);
}

/** What a part that a scenario starts by itself tells the page. */
export function emitTo(metrics: Metrics): Emit {
  return createEmit(createLogger({ level: 'silent' }), metrics);
}

/** The samples of a page, by name and labels; of a histogram, its count by the histogram's own name. */
export async function samplesOf(metrics: Pick<Metrics, 'render'>): Promise<ReadonlyMap<string, number>> {
  const lines = (await metrics.render()).split('\n').filter((line) => line.startsWith('f2j_') && !/_(?:bucket|sum)\b/.test(line));
  return new Map(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(' ')).replace(/_seconds_count\b/, '_seconds'),
      Number(line.slice(line.lastIndexOf(' '))),
    ]),
  );
}

/** Runs a scenario. @returns the page after it */
export async function pageAfter({ happen }: Scenario): Promise<ReadonlyMap<string, number>> {
  const metrics = createMetrics();
  await happen(metrics);
  return samplesOf(metrics);
}
