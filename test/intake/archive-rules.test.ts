import { describe, expect, test } from 'vitest';
import type { AcquireSlot } from '../../src/pipeline/ports/details-source.ts';
import { ANALYZER_ARN } from '../support/findings/finding-events.ts';
import { detailsSource, openAnalyzer } from '../support/servers/access-analyzer.ts';

const atOnce: AcquireSlot = () => Promise.resolve({ granted: true });

describe('the archive rules of an analyzer', () => {
  const rules = ['a', 'b', 'c'].map((ruleName) => ({ ruleName, filter: { resource: { eq: [`arn:aws:s3:::${ruleName}`] } } }));
  const described = { arn: ANALYZER_ARN, type: 'ACCOUNT', status: 'ACTIVE', managedBy: null, archiveRules: rules } as const;

  test('are read whole, page by page', async () => {
    const analyzer = await openAnalyzer({ pageSize: 2 });
    analyzer.putAnalyzer(described);
    expect(await detailsSource(analyzer).listArchiveRules(ANALYZER_ARN, atOnce)).toEqual({
      ok: true,
      value: rules.map(({ ruleName, filter }) => ({ name: ruleName, filter })),
    });
  });

  test.each([
    ['without end', 'bad-answer', 'endless'],
    ['of another server', 'bad-answer', 'garbage'],
    ['that are denied', 'denied', 'AccessDeniedException'],
    ['of an analyzer that is gone', 'not-configured', 'ResourceNotFoundException'],
  ] as const)('%s are no answer', async (_what, code, fault) => {
    const analyzer = await openAnalyzer();
    if (fault !== 'ResourceNotFoundException') analyzer.putAnalyzer(described);
    if (fault === 'endless') analyzer.faults.endlessPages = true;
    else if (fault !== 'ResourceNotFoundException') analyzer.faults.next.push({ on: 'ListArchiveRules', fault });
    expect(await detailsSource(analyzer).listArchiveRules(ANALYZER_ARN, atOnce)).toMatchObject({ ok: false, refusal: { code } });
  });
});
