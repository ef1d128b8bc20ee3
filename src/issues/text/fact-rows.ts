import { parseArn } from '../../findings/arn.ts';
import { hasAnalyzerId, UNKNOWN_ANALYZER, type Finding } from '../../findings/finding.ts';
import { severityOf } from '../../findings/severity.ts';
import { cutText } from '../../rules/cut-text.ts';
import { code, text, type AdfText, type FactRow } from './adf.ts';
import type { Facts } from '../facts/facts.ts';
import type { IssueRoute } from '../issue-route.ts';
import { accountWords } from './account-words.ts';
import { changedWords } from './changed-words.ts';
import { ownerWords } from './owner-words.ts';
import { resourceWords } from './resource-words.ts';
import { sourceWords } from './source-words.ts';
import { textList } from './text-list.ts';

const MAX_VALUE = 400;
/** For account and Region: AWS sends far shorter values. */
const MAX_NAME = 64;

/** The finding in AWS's terms, for readers who know them. Rows without a value are left out. */
export function factRows(
  finding: Finding,
  { content, account, owner }: Pick<IssueRoute, 'content' | 'account' | 'owner'>,
  facts: Facts = {},
): readonly FactRow[] {
  const owned: FactRow = ['Owner', text(cutText(ownerWords(owner), MAX_VALUE))];
  const open = content === 'full' ? [owned, ...knownRows(facts), ...accessRows(finding)] : [];
  return [...resourceRows(finding, account), ...open, ...findingRows(finding)].filter(([, value]) => value.length > 0);
}

/** The rows that an issue needs even if its description is cut. */
export function shortRows(finding: Finding, account: IssueRoute['account']): readonly FactRow[] {
  return [...resourceRows(finding, account), ...findingRows(finding)].filter(([name, value]) => SHORT.has(name) && value.length > 0);
}

const SHORT = new Set(['Resource', 'Type', 'Owner account', 'Region', 'Finding', 'Finding in Security Hub', 'Analyzer']);

function resourceRows({ resource, resourceType, accountId, region }: Finding, account: IssueRoute['account']): readonly FactRow[] {
  return [
    ['Resource', code(cutText(resource, MAX_VALUE))],
    ['Type', text(cutText(`${resourceWords(resourceType)} (${resourceType})`, MAX_VALUE))],
    ['Owner account', text(accountWords(accountId, account))],
    ['Organizational unit', text(cutText(account?.unit ?? '', MAX_VALUE))],
    ['Region', text(regionWords(resource, region))],
  ];
}

/** What enrichers know. */
function knownRows({ changed }: Facts): readonly FactRow[] {
  return changed === undefined ? [] : [['Change', text(changedWords(changed))]];
}

/** IAM is the same in all Regions. */
function regionWords(resource: string, region: string): string {
  if (parseArn(resource)?.service === 'iam') return `global, seen from ${cutText(region, MAX_NAME)}`;
  return region === 'unknown' ? 'not said' : cutText(region, MAX_NAME);
}

function accessRows(finding: Finding): readonly FactRow[] {
  const { principals, actions, conditions, sources, rcpRestriction, scpRestriction, isPublic, accessType, principalType } = finding;
  return [
    ['Public', text(isPublic === null ? '' : isPublic ? 'yes' : 'no')],
    ['Principals', listed(principals.map(({ kind, value }) => `${kind}: ${value}`))],
    ['Actions', listed(actions)],
    ['Conditions', listed(conditions.map(({ key, value }) => `${key} = ${value}`))],
    ['Let in by', listed(sources.map(sourceWords))],
    ['Kind of access', text(cutText([accessType, principalType].filter((part) => part !== null).join(', '), MAX_VALUE))],
    ['Resource control policies', text(cutText(rcpRestriction ?? '', MAX_NAME))],
    ['Service control policies', text(cutText(scpRestriction ?? '', MAX_NAME))],
  ];
}

function findingRows(finding: Finding): readonly FactRow[] {
  const { findingType, error, createdAt, findingId, analyzerArn } = finding;
  return [
    ['Kind of finding', text(cutText(findingType, MAX_VALUE))],
    ['Error', text(cutText(error ?? '', MAX_VALUE))],
    ['Severity', text(severityOf(finding))],
    ['Since', text(createdAt === null ? '' : day(createdAt))],
    [hasAnalyzerId(finding) ? 'Finding' : 'Finding in Security Hub', code(cutText(findingId, MAX_VALUE))],
    ['Analyzer', analyzerArn === UNKNOWN_ANALYZER ? text('not said') : code(cutText(analyzerArn, MAX_VALUE))],
  ];
}

function listed(values: readonly string[]): AdfText[] {
  return text(textList(values));
}

/** The day of a timestamp, in UTC. */
export function day(timestamp: string): string {
  return timestamp.slice(0, 10);
}
