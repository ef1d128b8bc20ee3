import { parseArn } from '../../findings/arn.ts';
import { hasAnalyzerId, type Finding } from '../../findings/finding.ts';
import { consoleHost, encoded, isRegion, notTooLong } from './console-host.ts';
import { shellLine } from './shell-line.ts';

/**
 * The console page of the finding, for a person who is signed in to the analyzer's account.
 * Source of the forms: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-securityhub-integration.html
 * @returns null if the analyzer, its Region, the finding's id or the partition's console is unknown, or the link is longer than browsers support
 */
export function consoleLink(finding: Finding): string | null {
  const analyzer = parseArn(finding.analyzerArn);
  const host = analyzer === null ? null : consoleHost(analyzer.partition);
  if (analyzer === null || host === null || !isRegion(analyzer.region)) return null;
  if (finding.kind === 'external' && !hasAnalyzerId(finding)) return null;
  const { region } = analyzer;
  return notTooLong(
    `https://${finding.kind === 'unused' ? `${region}.` : ''}${host}/access-analyzer/home?region=${region}${fragment(finding)}`,
  );
}

function fragment(finding: Finding): string {
  switch (finding.kind) {
    case 'external':
      return `#/findings/details/${encoded(finding.findingId)}`;
    case 'unused':
      return `#/unused-access-findings?resource=${encoded(finding.resource)}`;
    case 'internal':
      return '';
    default:
      return finding.kind satisfies never;
  }
}

/** AWS CLI commands for a finding in IAM Access Analyzer. */
const COMMANDS = {
  read: 'aws accessanalyzer get-finding-v2 --analyzer-arn {analyzer} --id {id} --region {region}',
  archive: 'aws accessanalyzer update-findings --analyzer-arn {analyzer} --ids {id} --status ARCHIVED --region {region}',
  rescan:
    'aws accessanalyzer start-resource-scan --analyzer-arn {analyzer} --resource-arn {resource} --resource-owner-account {owner} --region {region}',
  recommend:
    'aws accessanalyzer generate-finding-recommendation --analyzer-arn {analyzer} --id {id} --region {region}\naws accessanalyzer get-finding-recommendation --analyzer-arn {analyzer} --id {id} --region {region}',
} as const;

/**
 * A command to paste, run in the analyzer's account.
 * @returns null if the analyzer or an id that the command needs is unknown, or a value is not safe to paste into a shell
 */
export function findingCommand(finding: Finding, what: keyof typeof COMMANDS): string | null {
  const analyzer = parseArn(finding.analyzerArn);
  if (analyzer === null || (COMMANDS[what].includes('{id}') && !hasAnalyzerId(finding))) return null;
  const { findingId: id, analyzerArn, resource, accountId: owner } = finding;
  return shellLine(COMMANDS[what], { analyzer: analyzerArn, id, region: analyzer.region, resource, owner });
}
