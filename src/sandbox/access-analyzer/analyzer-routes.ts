import { parseArn } from '../../findings/arn.ts';
import { isJsonObject, type Json, type JsonObject } from '../../findings/json.ts';
import { ANALYZER_ERRORS, type AnalyzerErrorName, type AnalyzerFaults, type AnalyzerOperation } from './analyzer-faults.ts';
import type { AnalyzerState } from './analyzer-state.ts';
import { meetsFilter } from './finding-filter.ts';
import { nextPage } from './analyzer-pages.ts';
import { analyzerJson, isExternal, type SimulatedAnalyzer } from './simulated-analyzer.ts';
import type { SimulatedFinding } from './simulated-finding.ts';
import { statisticsJson, summaryJson, wholeJson } from './finding-json.ts';

/** The shared state of the routes. */
export interface AnalyzerSite {
  readonly state: AnalyzerState;
  readonly faults: AnalyzerFaults;
  /** Maximum number of items per page, whatever the request asks for; may be changed at any time. */
  readonly settings: { pageSize: number };
}

/** An accepted request. */
export interface AnalyzerCall {
  /** The Region in its signature. */
  readonly region: string;
  readonly id: string;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
}

/** An answer of Access Analyzer. */
export type AnalyzerAnswer =
  | { readonly status: 200; readonly body: JsonObject }
  | { readonly status: number; readonly error: AnalyzerErrorName; readonly body: JsonObject };

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

/** Refuses a request for an analyzer that is denied, of another Region or unknown. */
function withAnalyzer(
  { state, faults }: AnalyzerSite,
  region: string,
  analyzerArn: Json | undefined,
  handle: (analyzer: SimulatedAnalyzer) => AnalyzerAnswer,
): AnalyzerAnswer {
  const arn = typeof analyzerArn === 'string' ? parseArn(analyzerArn) : null;
  if (typeof analyzerArn !== 'string' || arn === null || arn.service !== 'access-analyzer')
    return failed('ValidationException', 'The analyzer ARN is not one.', { reason: 'fieldValidationFailed' });
  if (arn.region !== region)
    return failed('ValidationException', 'The analyzer is in another Region.', { reason: 'fieldValidationFailed' });
  if (faults.denied === 'all' || faults.denied.includes(analyzerArn))
    return failed('AccessDeniedException', `User is not authorized to perform this action on resource: ${analyzerArn}`);
  const analyzer = state.analyzer(analyzerArn);
  return analyzer === null
    ? failed('ResourceNotFoundException', 'The analyzer does not exist.', { resourceId: analyzerArn, resourceType: 'analyzer' })
    : handle(analyzer);
}

/** The older calls know external access only. */
function withExternal(
  site: AnalyzerSite,
  region: string,
  analyzerArn: Json | undefined,
  handle: (analyzer: SimulatedAnalyzer) => AnalyzerAnswer,
): AnalyzerAnswer {
  return withAnalyzer(site, region, analyzerArn, (analyzer) =>
    isExternal(analyzer)
      ? handle(analyzer)
      : failed('ValidationException', 'Operation not supported for the requested Analyzer.', { reason: 'notSupported' }),
  );
}

function listed(
  site: AnalyzerSite,
  { arn }: SimulatedAnalyzer,
  body: JsonObject,
  toJson: (finding: SimulatedFinding) => JsonObject,
): AnalyzerAnswer {
  const { listsAreLate, listsEndAfter } = site.faults;
  const found = site.state.findings(arn, listsAreLate).filter((finding) => meetsFilter(finding, body['filter']));
  return paged(site, 'findings', found.slice(0, listsEndAfter ?? found.length).map(toJson), pageOf(new URLSearchParams(textsOf(body))));
}

function withFinding(
  site: AnalyzerSite,
  { region, id, query }: AnalyzerCall,
  handle: (finding: SimulatedFinding) => AnalyzerAnswer,
): AnalyzerAnswer {
  return withAnalyzer(site, region, query.get('analyzerArn') ?? undefined, ({ arn }) => {
    const finding = site.state.finding(arn, id);
    return finding === null
      ? failed('ResourceNotFoundException', 'The finding does not exist.', { resourceId: id, resourceType: 'finding' })
      : handle(finding);
  });
}

export function failed(error: AnalyzerErrorName, message: string, besides: JsonObject = {}): AnalyzerAnswer {
  return { status: ANALYZER_ERRORS[error], error, body: { message, ...besides } };
}

interface Asked {
  readonly token: string | null;
  readonly maxResults: number | null;
}

function pageOf(query: URLSearchParams): Asked {
  const maxResults = query.get('maxResults');
  return { token: query.get('nextToken'), maxResults: maxResults === null ? null : Number(maxResults) };
}

function textsOf(body: JsonObject): Record<string, string> {
  return Object.fromEntries(
    ['nextToken', 'maxResults'].flatMap((name) => (body[name] === undefined || body[name] === null ? [] : [[name, String(body[name])]])),
  );
}

function paged(
  { faults, settings }: AnalyzerSite,
  field: string,
  items: readonly JsonObject[],
  { token, maxResults }: Asked,
  besides: JsonObject = {},
): AnalyzerAnswer {
  const page = nextPage(field, items, token, Math.min(maxResults ?? settings.pageSize, settings.pageSize), faults.endlessPages);
  if (page === null) return failed('ValidationException', 'The nextToken is not one of ours.', { reason: 'fieldValidationFailed' });
  return {
    status: 200,
    body: { ...besides, [field]: page.items, ...(page.nextToken === null ? {} : { nextToken: page.nextToken }) },
  };
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
