import {
  ListAnalyzersCommand,
  ListArchiveRulesCommand,
  ListFindingsCommand,
  ListFindingsV2Command,
  type AnalyzerSummary,
  type FindingSummary,
  type FindingSummaryV2,
} from '@aws-sdk/client-accessanalyzer';
import { parseArn } from '../findings/arn.ts';
import { isJsonObject, type JsonObject } from '../findings/json.ts';
import type {
  AnalyzerSource,
  ArchiveRule,
  FindingsPage,
  FindingsQuestion,
  ListedAnalyzer,
  ListedFinding,
} from '../pipeline/ports/analyzer-source.ts';
import type { AcquireSlot, Answered } from '../pipeline/ports/details-source.ts';
import type { AnalyzerCalls } from './analyzer-calls.ts';
import { badAnswer } from './analyzer-refusal.ts';
import { plainList } from './bound-list.ts';

/** The lists of analyzers and findings. Page by page for findings: an analyzer may have a hundred thousand of them. */
export function createAnalyzerLists(calls: AnalyzerCalls): Pick<AnalyzerSource, 'listAnalyzers' | 'listFindings' | 'listArchiveRules'> {
  return {
    async listAnalyzers(region: string, acquireSlot: AcquireSlot): Promise<Answered<readonly ListedAnalyzer[]>> {
      const question = { region, right: 'access-analyzer:ListAnalyzers', analyzerArn: '', accountId: '' };
      const answered = await calls.pages(
        (nextToken) =>
          calls.call(question, acquireSlot, (client, options) => client.send(new ListAnalyzersCommand({ nextToken }), options)),
        () => false,
      );
      if (!answered.ok) return answered;
      // An analyzer that a cut list lacks would count as deleted.
      if (answered.value.pages.some(({ analyzers }) => !Array.isArray(analyzers)))
        return { ok: false, refusal: badAnswer('an answer without a list') };
      if (!answered.value.isWhole) return { ok: false, refusal: badAnswer('an endless list of analyzers') };
      return { ok: true, value: answered.value.pages.flatMap(({ analyzers = [] }) => analyzers.flatMap(analyzerFrom)) };
    },

    async listFindings(asked: FindingsQuestion, acquireSlot: AcquireSlot): Promise<Answered<FindingsPage>> {
      const { analyzerArn, whole, statuses, token } = asked;
      const { region = '', accountId = '' } = parseArn(analyzerArn) ?? {};
      const question = { region, accountId, analyzerArn, right: 'access-analyzer:ListFindings' };
      const input = { analyzerArn, filter: { status: { eq: [...statuses] } }, ...(token === null ? {} : { nextToken: token }) };
      const answered = await calls.call(question, acquireSlot, async (client, options) => {
        const { findings, nextToken } = whole
          ? await client.send(new ListFindingsCommand(input), options)
          : await client.send(new ListFindingsV2Command(input), options);
        return { rows: findings, nextToken: nextToken || null };
      });
      if (!answered.ok) return answered;
      const { rows, nextToken } = answered.value;
      // Another server's answer may have no list, which is not the same as an empty one.
      if (!Array.isArray(rows)) return { ok: false, refusal: badAnswer('an answer without a list') };
      return { ok: true, value: { findings: rows.flatMap((row) => listedFrom(analyzerArn, row)), nextToken } };
    },

    async listArchiveRules(analyzerArn: string, acquireSlot: AcquireSlot): Promise<Answered<readonly ArchiveRule[]>> {
      const { region = '', accountId = '', resource = '' } = parseArn(analyzerArn) ?? {};
      const question = { region, accountId, analyzerArn, right: 'access-analyzer:ListArchiveRules' };
      const analyzerName = resource.replace(/^analyzer\//, '');
      const answered = await calls.pages(
        (nextToken) =>
          calls.call(question, acquireSlot, (client, options) =>
            client.send(new ListArchiveRulesCommand({ analyzerName, nextToken }), options),
          ),
        () => false,
      );
      if (!answered.ok) return answered;
      if (answered.value.pages.some(({ archiveRules }) => !Array.isArray(archiveRules)))
        return { ok: false, refusal: badAnswer('an answer without a list') };
      if (!answered.value.isWhole) return { ok: false, refusal: badAnswer('an endless list of archive rules') };
      const rules = answered.value.pages.flatMap(({ archiveRules }) => plainList(archiveRules));
      return { ok: true, value: rules.map(archiveRuleFrom) };
    },
  };
}

function archiveRuleFrom({ ruleName, filter }: JsonObject): ArchiveRule {
  return { name: typeof ruleName === 'string' ? ruleName : '', filter: isJsonObject(filter) ? filter : {} };
}

function analyzerFrom({ arn, type, status, managedBy }: AnalyzerSummary): readonly ListedAnalyzer[] {
  return arn === undefined ? [] : [{ arn, type: type ?? '', status: status ?? '', managedBy: managedBy ?? null }];
}

/** A row under the names of an event. Rows of external access have no type in one list, and the type says which event it is. */
function listedFrom(analyzerArn: string, row: FindingSummary | FindingSummaryV2): readonly ListedFinding[] {
  const [plain] = plainList([row]);
  if (row.id === undefined || plain === undefined) return [];
  const { region = '', accountId = '' } = parseArn(analyzerArn) ?? {};
  const type = 'findingType' in row ? (row.findingType ?? '') : '';
  const envelope = { source: 'aws.access-analyzer', account: accountId, region, resources: [analyzerArn] };
  return [{ findingId: row.id, event: { ...envelope, ...eventPart(withEventNames(plain), type, region) } }];
}

/** Under the API's own names, a finding that came by an event would seem to lack these fields. */
function withEventNames({ resourceOwnerAccount, resourceControlPolicyRestriction, ...row }: JsonObject): JsonObject {
  return {
    ...row,
    ...(resourceOwnerAccount === undefined ? {} : { accountId: resourceOwnerAccount }),
    ...(resourceControlPolicyRestriction === undefined ? {} : { resourceControlPolicyRestrictionType: resourceControlPolicyRestriction }),
  };
}

function eventPart({ id = '', ...detail }: JsonObject, type: string, region: string): JsonObject {
  if (type.startsWith('Unused')) return { 'detail-type': 'Unused Access Finding for IAM entities', detail: { ...detail, findingId: id } };
  if (type === 'InternalAccess') return { 'detail-type': 'Internal Access Finding', detail: { ...detail, id } };
  const { findingType: _type, ...external } = detail;
  return { 'detail-type': 'Access Analyzer Finding', detail: { ...external, id, region } };
}
