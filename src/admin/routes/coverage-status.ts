import { Type, type Static } from 'typebox';
import type { CoverageReport } from '../../pipeline/coverage/coverage-report.ts';
import { COVERAGE_CODES } from '../../pipeline/coverage/coverage-warnings.ts';
import { REFUSAL_CODES } from '../../pipeline/ports/details-source.ts';

const Count = Type.Integer({ minimum: 0 });
const TimeOrNull = (description: string) => Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description });

/** What events and listings reach, as the status shows it. */
export const Coverage = Type.Object({
  regions: Type.Array(
    Type.Object({
      region: Type.String(),
      analyzers: Type.Record(Type.String(), Count, { description: 'By the type that AWS names, or `unknown`' }),
      lastEventAt: TimeOrNull('Give or take ten minutes; null: no event came'),
      lastListingAt: TimeOrNull('Of the analyzer whose last complete listing is the oldest; null: one has none'),
      mismatch: Type.Object(
        { added: Count, changed: Count, missing: Count },
        { description: 'How the last complete listings differed from what events had said' },
      ),
      problem: Type.Union([Type.Object({ code: Type.Enum([...REFUSAL_CODES]), message: Type.String() }), Type.Null()], {
        description: 'Why its analyzers could not be listed',
      }),
    }),
  ),
  warnings: Type.Array(Type.Object({ code: Type.Enum([...COVERAGE_CODES]), message: Type.String(), advice: Type.String() })),
});

export function toCoverage({ regions, warnings }: CoverageReport): Static<typeof Coverage> {
  return {
    regions: regions.map(({ region, analyzers, lastEventAt, lastListingAt, mismatch, problem }) => ({
      region,
      analyzers: { ...analyzers },
      lastEventAt: timeOf(lastEventAt),
      lastListingAt: timeOf(lastListingAt),
      mismatch: { ...mismatch },
      problem: problem === null ? null : { code: problem.code, message: problem.message },
    })),
    warnings: warnings.map((warning) => ({ ...warning })),
  };
}

function timeOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
