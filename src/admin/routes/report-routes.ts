import { Type, type Static, type TSchema } from 'typebox';
import { parseTimestamp, timestampMs } from '../../findings/timestamp.ts';
import { DAY_MS } from '../../issues/due-date.ts';
import type { Reports } from '../../pipeline/reports/create-reports.ts';
import type { Spread } from '../../pipeline/reports/durations.ts';
import type { Report } from '../../pipeline/reports/read-report.ts';
import type { Figures, Split } from '../../pipeline/reports/tally.ts';
import { inTime } from '../../pipeline/runtime/in-time.ts';
import type { AdminApp } from '../admin-app.ts';
import { RequestRefused } from '../problem.ts';

const Count = (description: string) => Type.Integer({ minimum: 0, description });
const Days = (description: string) => Type.Number({ minimum: 0, description });
const OrNull = <T extends TSchema>(type: T, description: string) => Type.Union([type, Type.Null()], { description });

const SpreadOfDays = Type.Object({
  of: Count('How many durations these are'),
  median: Days('Half of them are no longer'),
  p90: Days('Nine in ten of them are no longer'),
  longest: Days('The longest'),
});

const FIGURES = {
  fixed: Count('Issues that were closed within the range because AWS says that their findings are resolved. Other closes are no fix'),
  timeToFix: OrNull(SpreadOfDays, 'Days from the opening of an issue to that close; null: no opening is known'),
  open: Count('Issues that are open now'),
  overdue: Count('Those of them whose due date is over'),
  age: OrNull(SpreadOfDays, 'Days since the opening of the open issues; null: no opening is known'),
};

const Rows = (what: string) =>
  Type.Object(
    {
      items: Type.Array(Type.Object({ value: Type.Union([Type.String(), Type.Null()]), ...FIGURES })),
      others: OrNull(Type.Object(FIGURES), 'All further values together; null: there are none'),
    },
    { description: what },
  );

const Answer = Type.Object(
  {
    from: Type.String({ format: 'date-time' }),
    to: Type.String({ format: 'date-time', description: 'Not within the range itself' }),
    computedAt: Type.String({ format: 'date-time', description: 'Open issues are those of this time; a report is kept for a minute' }),
    total: Type.Object(FIGURES),
    by: Type.Object({
      severity: Rows('By severity'),
      accountId: Rows('By the account of the resource'),
      owner: Rows('By owner; null: no source knows one'),
      projectKey: Rows('By the project in which the issue is'),
    }),
  },
  { description: 'Figures of issues, one for each however many findings share it; the value with the most overdue issues first' },
);

const Moment = (what: string) =>
  Type.Optional(
    Type.String({
      minLength: 10,
      maxLength: 40,
      description: `${what}: a day in UTC, such as 2026-03-01, or a time, such as 2026-03-01T18:00:00Z`,
    }),
  );

const Query = Type.Object(
  {
    from: Moment('The first day of fixes; left out: 90 days before `to`'),
    to: Moment('The last day of fixes, which counts as a whole, or the time before which they were made; left out: now'),
  },
  { additionalProperties: false },
);

export interface ReportRoutesDeps {
  readonly reports: Reports;
}

/** How long an answer waits for its report, ms. Later the report is still read, and kept for the next request. */
const WAIT_MS = 20_000;

/** More than the answer waits, ms. */
const HANDLER_TIMEOUT_MS = 25_000;

const RETRY_AFTER_S = 10;

/** How long issues take to be fixed, and how many are overdue. */
export function addReportRoutes(app: AdminApp, { reports }: ReportRoutesDeps): void {
  const schema = {
    tags: ['status'],
    summary: 'Time to fix, age and overdue issues by severity, account, owner and project',
    operationId: 'getReport',
    querystring: Query,
    response: { 200: Answer },
  };
  app.get(
    '/api/v1/reports',
    { schema, handlerTimeout: HANDLER_TIMEOUT_MS, config: { access: 'viewer', problems: ['report-not-ready'] } },
    async ({ query }) => {
      const from = query.from === undefined ? null : momentOf('from', query.from, 0);
      const to = query.to === undefined ? null : momentOf('to', query.to, DAY_MS);
      if (from !== null && to !== null && from >= to) throw refused('to', 'must be after `from`');
      const reading = reports.read(from, to);
      if (reading === null) throw notReady('Many other reports are being read');
      return shown(await inTime(reading, WAIT_MS, () => notReady('The report is still being read, and will be kept for a minute')));
    },
  );
}

function notReady(detail: string): RequestRefused {
  return new RequestRefused('report-not-ready', detail, { retryAfterS: RETRY_AFTER_S });
}

/** @param wholeDay what a day adds to its beginning, ms @throws RequestRefused unless it is a day or a time */
function momentOf(path: 'from' | 'to', text: string, wholeDay: number): number {
  const isDay = text.length === 10;
  const parsed = parseTimestamp(isDay ? `${text}T00:00:00Z` : text);
  if (parsed === null) throw refused(path, 'expected a day such as 2026-03-01 or a time such as 2026-03-01T18:00:00Z');
  return timestampMs(parsed) + (isDay ? wholeDay : 0);
}

function refused(path: string, message: string): RequestRefused {
  return new RequestRefused('invalid-request', `${path}: ${message}`, { errors: [{ path, message }] });
}

function shown({ from, to, computedAt, total, by }: Report): Static<typeof Answer> {
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    computedAt: new Date(computedAt).toISOString(),
    total: shownFigures(total),
    by: {
      severity: shownSplit(by.severity),
      accountId: shownSplit(by.accountId),
      owner: shownSplit(by.owner),
      projectKey: shownSplit(by.projectKey),
    },
  };
}

function shownSplit({ items, others }: Split): Static<ReturnType<typeof Rows>> {
  return {
    items: items.map(({ value, ...figures }) => ({ value, ...shownFigures(figures) })),
    others: others === null ? null : shownFigures(others),
  };
}

function shownFigures({ timeToFix, age, ...counts }: Figures) {
  return { ...counts, timeToFix: inDays(timeToFix), age: inDays(age) };
}

function inDays(spread: Spread | null): Static<typeof SpreadOfDays> | null {
  if (spread === null) return null;
  const { of, median, p90, longest } = spread;
  return { of, median: days(median), p90: days(p90), longest: days(longest) };
}

/** To two decimals: an hour is 0.04. */
function days(ms: number): number {
  return Math.round((ms / DAY_MS) * 100) / 100;
}
