import { parseArn } from '../../findings/arn.ts';
import type { Json, JsonObject } from '../../findings/json.ts';
import { ANALYZER_ERRORS, type AnalyzerErrorName, type AnalyzerFaults } from './analyzer-faults.ts';
import { nextPage } from './analyzer-pages.ts';
import type { AnalyzerState } from './analyzer-state.ts';
import { meetsFilter } from './finding-filter.ts';
import { isExternal, type SimulatedAnalyzer } from './simulated-analyzer.ts';
import type { SimulatedFinding } from './simulated-finding.ts';

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

/** Refuses a request for an analyzer that is denied, of another Region or unknown. */
export function withAnalyzer(
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
export function withExternal(
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

export function listed(
  site: AnalyzerSite,
  { arn }: SimulatedAnalyzer,
  body: JsonObject,
  toJson: (finding: SimulatedFinding) => JsonObject,
): AnalyzerAnswer {
  const { listsAreLate, listsEndAfter } = site.faults;
  const found = site.state.findings(arn, listsAreLate).filter((finding) => meetsFilter(finding, body['filter']));
  return paged(site, 'findings', found.slice(0, listsEndAfter ?? found.length).map(toJson), pageOf(new URLSearchParams(textsOf(body))));
}

export function withFinding(
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

/** The page that a request asks for. */
export interface Asked {
  readonly token: string | null;
  readonly maxResults: number | null;
}

export function pageOf(query: URLSearchParams): Asked {
  const maxResults = query.get('maxResults');
  return { token: query.get('nextToken'), maxResults: maxResults === null ? null : Number(maxResults) };
}

function textsOf(body: JsonObject): Record<string, string> {
  return Object.fromEntries(
    ['nextToken', 'maxResults'].flatMap((name) => (body[name] === undefined || body[name] === null ? [] : [[name, String(body[name])]])),
  );
}

export function paged(
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
