import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Type } from 'typebox';
import type { Evidence, LostEvidence } from '../../pipeline/evidence/evidence.ts';
import type { ExportEvidence } from '../../pipeline/evidence/export-evidence.ts';
import type { Store } from '../../pipeline/ports/store.ts';
import type { AdminApp } from '../admin-app.ts';
import { askedBy } from '../asked-by.ts';
import { parsePeriod, PERIOD_PATTERN } from './export-period.ts';
import { RequestRefused } from '../problem.ts';
import { EVIDENCE_HEADER, evidenceCsvLine } from './evidence-csv.ts';
import { EvidenceLine, toEvidenceLine } from './evidence-line.ts';

/** Exports at the same time: each takes a part of the process. */
const MAX_EXPORTS = 2;

/** An export that is read so slowly is ended, so that its place is free again, ms. */
const MAX_EXPORT_MS = 60 * 60_000;

const RETRY_AFTER_S = 60;

/** How each format is written. */
const FORMATS = {
  csv: { type: 'text/csv; charset=utf-8; header=present', header: EVIDENCE_HEADER, line: evidenceCsvLine },
  ndjson: { type: 'application/x-ndjson; charset=utf-8', header: '', line: (line: EvidenceLine) => `${JSON.stringify(line)}\n` },
} as const;

const Moment = (description: string) => Type.Optional(Type.String({ pattern: PERIOD_PATTERN, maxLength: 40, description }));

const ExportQuery = Type.Object(
  {
    from: Moment(
      'The first day, such as 2026-01-01, or a time with its zone, such as 2026-01-01T06:00:00Z; left out: from the first finding on',
    ),
    to: Moment('The last day, which belongs to the period, or a time, which does not; left out: until now'),
    format: Type.Optional(Type.Enum(['csv', 'ndjson'], { default: 'csv' })),
  },
  { additionalProperties: false },
);

const Csv = Type.String({ description: 'RFC 4180 with a line of names; docs/evidence.md has the columns' });

export interface ExportRoutesDeps {
  readonly store: Store;
  readonly exportEvidence: ExportEvidence;
  readonly issueUrl: (key: string) => string;
}

/** Evidence of a period, for auditors. */
export function addExportRoutes(app: AdminApp, { store, exportEvidence, issueUrl }: ExportRoutesDeps): void {
  let running = 0;

  const schema = {
    tags: ['evidence'],
    summary: 'Every finding of a period with its decision, its issue, the acts of people and the proof of its close',
    operationId: 'exportEvidence',
    querystring: ExportQuery,
    response: {
      200: {
        description: 'One line for each finding, the oldest first. An answer that breaks off is not complete',
        content: { 'text/csv': { schema: Csv }, 'application/x-ndjson': { schema: EvidenceLine } },
      },
    },
  };
  app.get(
    '/api/v1/export',
    { schema, exposeHeadRoute: false, config: { access: 'admin', problems: ['invalid-period', 'too-many-streams'] } },
    async (request, reply) => {
      const { format = 'csv', ...asked } = request.query;
      const period = periodOf(asked, await store.now());
      if (running >= MAX_EXPORTS) {
        throw new RequestRefused('too-many-streams', `${MAX_EXPORTS} exports are under way already`, { retryAfterS: RETRY_AFTER_S });
      }
      running += 1;
      try {
        const pages = await exportEvidence(period, format, askedBy(request));
        reply.type(FORMATS[format].type).header('content-disposition', `attachment; filename="${fileName(period, format)}"`);
        // Takes the answer away from the framework, whose time limit would end the stream.
        reply.hijack();
        for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value);
        // The next page is read when the client has taken the one before. A client that leaves ends it.
        await pipeline(Readable.from(textOf(pages, format)), reply.raw, { signal: AbortSignal.timeout(MAX_EXPORT_MS) });
      } catch (error) {
        if (!reply.sent) throw error;
        // The client sees that the answer breaks off: it ends without the last chunk.
        request.log.warn({ err: error }, 'An export of evidence broke off');
      } finally {
        running -= 1;
      }
    },
  );

  /** One text for each page, so that no more than that is in memory. */
  async function* textOf(
    pages: AsyncIterable<readonly (Evidence | LostEvidence)[]>,
    format: keyof typeof FORMATS,
  ): AsyncGenerator<string, void> {
    const { header, line } = FORMATS[format];
    if (header !== '') yield header;
    for await (const page of pages) {
      if (page.length > 0) yield page.map((evidence) => line(toEvidenceLine(evidence, issueUrl))).join('');
    }
  }
}

/** @throws RequestRefused */
function periodOf(asked: { readonly from?: string; readonly to?: string }, now: number): { readonly from: number; readonly to: number } {
  const period = parsePeriod(asked, now);
  if (!period.ok) {
    const errors = period.wrong.map((path) => ({ path, message: 'is no day or time that there is' }));
    throw new RequestRefused('invalid-request', 'See errors: what is wrong with the querystring', { errors });
  }
  if (period.from >= period.to) throw new RequestRefused('invalid-period', 'The period ends before it begins: `from` must be before `to`');
  return period;
}

/** Such as `findings-20260101T000000Z-20260401T000000Z.csv`, from the first moment to the end. */
function fileName({ from, to }: { readonly from: number; readonly to: number }, format: string): string {
  const stamp = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  return `findings-${stamp(from)}-${stamp(to)}.${format}`;
}
