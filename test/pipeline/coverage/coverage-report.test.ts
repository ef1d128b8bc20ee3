import { describe, expect, test } from 'vitest';
import { reportCoverage } from '../../../src/pipeline/coverage/coverage-report.ts';
import type { SweptRegions } from '../../../src/pipeline/coverage/coverage-warnings.ts';
import { newAnalyzer, type AnalyzerRecord } from '../../../src/pipeline/records/analyzer-record.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-03-01T10:00:00Z');
const SWEPT_AT = NOW - HOUR;
const DAY = 24 * HOUR;

const arnOf = (region: string, name: string, account = '111122223333') => `arn:aws:access-analyzer:${region}:${account}:analyzer/${name}`;

/** An analyzer as the last sweep left it, and the ARN to go by. */
function analyzer(arn: string, more: Partial<AnalyzerRecord> = {}) {
  const swept = { type: 'ORGANIZATION', status: 'ACTIVE', chosenAt: SWEPT_AT, completeAt: SWEPT_AT, lastEventAt: NOW - 60_000 };
  return { arn, record: { ...newAnalyzer(0), namedByEvent: true, ...swept, ...more } };
}

const swept = (more: Partial<SweptRegions> = {}): SweptRegions => ({
  startedAt: SWEPT_AT,
  regions: ['eu-west-1'],
  regionProblems: [],
  ...more,
});

describe('a Region', () => {
  test('has its analyzers by type, the last event, the oldest listing and the sum of what differed', () => {
    const report = reportCoverage(
      [
        analyzer(arnOf('eu-west-1', 'a'), { mismatch: { added: 1, changed: 2, missing: 3 } }),
        analyzer(arnOf('eu-west-1', 'b'), {
          completeAt: SWEPT_AT - HOUR,
          lastEventAt: null,
          mismatch: { added: 4, changed: 0, missing: 0 },
        }),
        analyzer(arnOf('eu-west-1', 'c'), { type: 'ORGANIZATION_UNUSED_ACCESS' }),
      ],
      swept(),
      NOW,
    );
    expect(report).toEqual({
      regions: [
        {
          region: 'eu-west-1',
          analyzers: { ORGANIZATION: 2, ORGANIZATION_UNUSED_ACCESS: 1 },
          lastEventAt: NOW - 60_000,
          lastListingAt: SWEPT_AT - HOUR,
          mismatch: { added: 5, changed: 2, missing: 3 },
          problem: null,
        },
      ],
      warnings: [],
    });
  });

  test('with an analyzer that was never listed completely has no last listing, whatever the order', () => {
    const [a, b] = [analyzer(arnOf('eu-west-1', 'a')), analyzer(arnOf('eu-west-1', 'b'), { completeAt: null, lastEventAt: null })];
    for (const records of [
      [a, b],
      [b, a],
    ])
      expect(reportCoverage(records, swept(), NOW).regions).toMatchObject([{ lastListingAt: null }]);
  });

  test.each([
    ['that was asked and has no analyzer is shown', [], swept(), ['eu-west-1']],
    ['that could not be asked is shown with the reason', [], swept({ regions: [], regionProblems: [denied('us-east-1')] }), ['us-east-1']],
    [
      'of an analyzer that is gone, and that no event names, is not',
      [analyzer(arnOf('sa-east-1', 'old'), { chosenAt: 1, lastEventAt: null })],
      swept({ regions: [] }),
      [],
    ],
    ['of events without a sweep is shown', [analyzer(arnOf('sa-east-1', 'a'), { chosenAt: null, completeAt: null })], null, ['sa-east-1']],
    ['whose name is missing is not', [analyzer('arn:aws:access-analyzer::1:analyzer/a')], null, []],
  ])('%s', (_name, records, last, expected) => {
    expect(reportCoverage(records, last, NOW).regions.map(({ region }) => region)).toEqual(expected);
  });
});

function denied(region: string) {
  return { region, code: 'denied', message: 'no right' } as const;
}

describe('a warning', () => {
  const one = arnOf('eu-west-1', 'one');
  const unlisted = { chosenAt: null, completeAt: null, type: null, status: null };
  const news = { at: SWEPT_AT, findings: 3 };
  const unused = { type: 'ACCOUNT_UNUSED_ACCESS' };

  test.each([
    ['events-missing: news, and no event ever', [analyzer(one, { lastEventAt: null, unannounced: news })], swept(), ['events-missing']],
    [
      'events-missing: news long after the last event',
      [analyzer(one, { lastEventAt: SWEPT_AT - DAY, unannounced: news })],
      swept(),
      ['events-missing'],
    ],
    ['none: an event has come since', [analyzer(one, { unannounced: news })], swept(), []],
    ['none: no event, and no news', [analyzer(one, { lastEventAt: null })], swept(), []],
    ['none: news of an analyzer that is gone', [analyzer(one, { chosenAt: 1, lastEventAt: null, unannounced: news })], swept(), []],
    ['listing-missing: an analyzer that only events name', [analyzer(one, unlisted)], swept(), ['listing-missing']],
    ['listing-missing: a denied one', [analyzer(one, { problem: { code: 'denied', message: 'no', at: 1 } })], swept(), ['listing-missing']],
    ['none: its events ended a week ago', [analyzer(one, { ...unlisted, lastEventAt: NOW - 8 * DAY })], swept(), []],
    ['none: AWS says that it is not active', [analyzer(one, { status: 'DISABLED', completeAt: null })], swept(), []],
    [
      'none: one that an AWS service made for itself',
      [analyzer(arnOf('us-east-1', '_AccessAnalyzerForSecurityHub-1'), unlisted)],
      swept(),
      [],
    ],
    ['none: no sweep has ended yet', [analyzer(one, unlisted)], null, []],
    ['external-in-some-regions', [analyzer(one)], swept({ regions: ['eu-west-1', 'us-east-1'] }), ['external-in-some-regions']],
    [
      'external-in-some-regions: the other one is disabled',
      [analyzer(one), analyzer(arnOf('us-east-1', 'a'), { status: 'DISABLED' })],
      swept({ regions: ['eu-west-1', 'us-east-1'] }),
      ['external-in-some-regions'],
    ],
    [
      'external-in-some-regions: the other one is of unused access',
      [analyzer(one), analyzer(arnOf('us-east-1', 'a'), unused)],
      swept(),
      ['external-in-some-regions'],
    ],
    ['none: no Region has one', [analyzer(one, unused)], swept({ regions: ['eu-west-1', 'us-east-1'] }), []],
    ['none: the other Region was not asked', [analyzer(one)], swept({ regionProblems: [denied('us-east-1')] }), []],
    [
      'none: the other Region has one of unknown type',
      [analyzer(one), analyzer(arnOf('us-east-1', 'a'), { type: null, status: null })],
      swept({ regions: ['eu-west-1', 'us-east-1'] }),
      [],
    ],
    [
      'unused-in-several-regions',
      [analyzer(one, unused), analyzer(arnOf('us-east-1', 'a'), unused)],
      swept(),
      ['unused-in-several-regions'],
    ],
    ['none: of another account', [analyzer(one, unused), analyzer(arnOf('us-east-1', 'a', '999988887777'), unused)], swept(), []],
    [
      'none: one of the account, one of the organization',
      [analyzer(one, unused), analyzer(arnOf('us-east-1', 'a'), { type: 'ORGANIZATION_UNUSED_ACCESS' })],
      swept(),
      [],
    ],
    ['none: several in one Region', [analyzer(one, unused), analyzer(arnOf('eu-west-1', 'two'), unused)], swept(), []],
  ])('%s', (_name, records, last, codes) => {
    expect(reportCoverage(records, last, NOW).warnings.map(({ code }) => code)).toEqual(codes);
  });

  test('says what was seen, and what to do', () => {
    const records = [
      analyzer(one, { lastEventAt: null, unannounced: news }),
      analyzer(arnOf('eu-west-1', 'two'), { problem: { code: 'denied', message: 'no right', at: 1 }, completeAt: null }),
      analyzer(arnOf('eu-west-1', 'u'), unused),
      analyzer(arnOf('us-east-1', 'u'), unused),
    ];
    const { warnings } = reportCoverage(records, swept({ regions: ['eu-west-1', 'eu-north-1'] }), NOW);
    expect(warnings).toEqual([
      {
        code: 'events-missing',
        message: `The listing of ${one} at 2026-03-01T09:00:00.000Z had news of 3 findings, and no event of it ever came`,
        advice: expect.stringContaining('EventBridge rule'),
      },
      {
        code: 'listing-missing',
        message: `Events of ${arnOf('eu-west-1', 'two')} came until 2026-03-01T09:59:00.000Z, and it was never listed completely (denied: no right)`,
        advice: expect.stringContaining('ANALYZER_ARNS'),
      },
      {
        code: 'external-in-some-regions',
        message: 'There are analyzers of external access in eu-west-1, and none in eu-north-1, us-east-1',
        advice: expect.stringContaining('each Region'),
      },
      {
        code: 'unused-in-several-regions',
        message: 'Account 111122223333 has ACCOUNT_UNUSED_ACCESS analyzers in eu-west-1, us-east-1',
        advice: expect.stringContaining('one Region'),
      },
    ]);
  });
});
