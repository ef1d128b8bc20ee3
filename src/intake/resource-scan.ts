import { StartResourceScanCommand } from '@aws-sdk/client-accessanalyzer';
import { parseArn } from '../findings/arn.ts';
import type { AnalyzerSource } from '../pipeline/ports/analyzer-source.ts';
import type { AnalyzerCalls } from './analyzer-calls.ts';

/**
 * Asks AWS to scan a resource again. The answer is empty; the outcome arrives as an event.
 * Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_StartResourceScan.html
 */
export function createResourceScan(calls: AnalyzerCalls): Pick<AnalyzerSource, 'startScan'> {
  return {
    async startScan({ analyzerArn, resourceArn, resourceAccount }, acquireSlot) {
      const { region = '', accountId = '' } = parseArn(analyzerArn) ?? {};
      const question = { region, accountId, analyzerArn, right: 'access-analyzer:StartResourceScan' };
      const input = { analyzerArn, resourceArn, ...(resourceAccount === '' ? {} : { resourceOwnerAccount: resourceAccount }) };
      const answered = await calls.call(question, acquireSlot, (client, options) =>
        client.send(new StartResourceScanCommand(input), options),
      );
      return answered.ok ? { ok: true, value: null } : answered;
    },
  };
}
