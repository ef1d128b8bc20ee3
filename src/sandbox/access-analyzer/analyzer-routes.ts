import { parseArn } from '../../findings/arn.ts';
import { isJsonObject, type JsonObject } from '../../findings/json.ts';
import {
  failed,
  listed,
  paged,
  pageOf,
  withAnalyzer,
  withExternal,
  withFinding,
  type AnalyzerAnswer,
  type AnalyzerCall,
  type AnalyzerSite,
  type Asked,
} from './analyzer-answers.ts';
import type { AnalyzerOperation } from './analyzer-faults.ts';
import { analyzerJson } from './simulated-analyzer.ts';
import { statisticsJson, summaryJson, wholeJson } from './finding-json.ts';
import type { SimulatedFinding } from './simulated-finding.ts';

/** One API call. Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Operations.html */
export interface AnalyzerRoute {
  readonly operation: AnalyzerOperation;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  handle(call: AnalyzerCall): AnalyzerAnswer;
}

export function analyzerRoutes(site: AnalyzerSite): readonly AnalyzerRoute[] {
  const { state, faults } = site;

  return [
    {
      operation: 'ListAnalyzers',
      method: 'GET',
      path: '/analyzer',
      handle({ region, query }) {
        if (faults.analyzersDenied)
          return failed('AccessDeniedException', 'User is not authorized to perform: access-analyzer:ListAnalyzers');
        const analyzers = state.analyzers().filter(({ arn }) => parseArn(arn)?.region === region);
        return paged(site, 'analyzers', analyzers.map(analyzerJson), pageOf(query));
      },
    },
    {
      operation: 'ListArchiveRules',
      method: 'GET',
      path: '/analyzer/:id/archive-rule',
      handle({ region, id, query }) {
        const analyzer = state.analyzers().find(({ arn }) => arn.endsWith(`:analyzer/${id}`) && parseArn(arn)?.region === region);
        return withAnalyzer(
          site,
          region,
          analyzer?.arn ?? `arn:aws:access-analyzer:${region}:000000000000:analyzer/${id}`,
          ({ archiveRules }) =>
            paged(
              site,
              'archiveRules',
              archiveRules.map((rule) => ({ ...rule, createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z' })),
              pageOf(query),
            ),
        );
      },
    },
    {
      operation: 'ListFindings',
      method: 'POST',
      path: '/finding',
      handle: ({ region, body }) => withExternal(site, region, body['analyzerArn'], (analyzer) => listed(site, analyzer, body, wholeJson)),
    },
    {
      operation: 'GetFinding',
      method: 'GET',
      path: '/finding/:id',
      handle: (call) =>
        withExternal(site, call.region, call.query.get('analyzerArn') ?? undefined, () =>
          withFinding(site, call, (finding) => ({ status: 200, body: { finding: wholeJson(finding) } })),
        ),
    },
    {
      operation: 'GetFindingsStatistics',
      method: 'POST',
      path: '/analyzer/findings/statistics',
      handle: ({ region, body }) =>
        withAnalyzer(site, region, body['analyzerArn'], (analyzer) => ({
          status: 200,
          body: statisticsJson(analyzer, state.findings(analyzer.arn, faults.listsAreLate)),
        })),
    },
    {
      operation: 'StartResourceScan',
      method: 'POST',
      path: '/resource/scan',
      handle: ({ region, body }) =>
        withExternal(site, region, body['analyzerArn'], () =>
          typeof body['resourceArn'] === 'string' && parseArn(body['resourceArn']) !== null
            ? { status: 200, body: {} }
            : failed('ValidationException', 'The resource ARN is not one.', { reason: 'fieldValidationFailed' }),
        ),
    },
    {
      operation: 'ListFindingsV2',
      method: 'POST',
      path: '/findingv2',
      handle: ({ region, body }) =>
        withAnalyzer(site, region, body['analyzerArn'], (analyzer) => listed(site, analyzer, body, summaryJson)),
    },
    {
      operation: 'GetFindingV2',
      method: 'GET',
      path: '/findingv2/:id',
      handle: (call) =>
        withFinding(site, call, (finding) =>
          paged(site, 'findingDetails', finding.findingDetails, pageOf(call.query), summaryJson(finding)),
        ),
    },
    {
      operation: 'GenerateFindingRecommendation',
      method: 'POST',
      path: '/recommendation/:id',
      handle: (call) =>
        withFinding(site, call, (finding) => {
          if (finding.findingType !== 'UnusedPermission')
            return failed('ValidationException', 'Recommendations are made for unused permissions only.', { reason: 'other' });
          state.startRecommendation(finding);
          return { status: 200, body: {} };
        }),
    },
    {
      operation: 'GetFindingRecommendation',
      method: 'GET',
      path: '/recommendation/:id',
      handle: (call) => withFinding(site, call, (finding) => recommendation(site, finding, pageOf(call.query))),
    },
  ];
}

function recommendation(site: AnalyzerSite, finding: SimulatedFinding, page: Asked): AnalyzerAnswer {
  // A later page belongs to the same read.
  const status = page.token === null ? site.state.readRecommendation(finding) : 'SUCCEEDED';
  if (status === null)
    return failed('ResourceNotFoundException', 'No recommendation was asked for.', {
      resourceId: finding.id,
      resourceType: 'recommendation',
    });
  const { steps, failure } = finding.recommendation;
  const begun = {
    startedAt: finding.updatedAt,
    resourceArn: finding.resource,
    recommendationType: 'UnusedPermissionRecommendation',
    status,
  };
  if (status === 'IN_PROGRESS') return { status: 200, body: begun };
  const ended = { ...begun, completedAt: finding.updatedAt };
  return status === 'FAILED' ? { status: 200, body: { ...ended, error: failure } } : paged(site, 'recommendedSteps', steps, page, ended);
}

/** The body as a JSON object; a missing body counts as an empty one. @returns null for anything else */
export function bodyOf(text: unknown): JsonObject | null {
  try {
    const body: unknown = typeof text === 'string' && text !== '' ? JSON.parse(text) : {};
    return isJsonObject(body) ? body : null;
  } catch {
    return null;
  }
}
