import { parseArn } from '../findings/arn.ts';
import type { Finding } from '../findings/finding.ts';

/** The console's host in each partition. */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/**
 * Where a person who is signed in to the analyzer's account sees the finding.
 * Source of the forms: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-securityhub-integration.html
 * @returns null in a partition whose console we don't know
 */
export function consoleLink(finding: Finding): string | null {
  const analyzer = parseArn(finding.analyzerArn);
  const host = analyzer !== null && Object.hasOwn(CONSOLES, analyzer.partition) ? CONSOLES[analyzer.partition] : undefined;
  if (analyzer === null || host === undefined || !/^[a-z0-9-]{1,32}$/.test(analyzer.region)) return null;
  const region = analyzer.region;
  switch (finding.kind) {
    case 'external':
      return `https://${host}/access-analyzer/home?region=${region}#/findings/details/${encodeURIComponent(finding.findingId)}`;
    case 'unused':
      return `https://${region}.${host}/access-analyzer/home?region=${region}#/unused-access-findings?resource=${encodeURIComponent(finding.resource)}`;
    case 'internal':
      return `https://${host}/access-analyzer/home?region=${region}`;
    default:
      return finding.kind satisfies never;
  }
}

/** The command that prints the whole finding. Values are quoted where a shell would read more into them. */
export function cliLine(finding: Finding): string {
  const region = parseArn(finding.analyzerArn)?.region ?? finding.region;
  return `aws accessanalyzer get-finding-v2 --analyzer-arn ${shellWord(finding.analyzerArn)} --id ${shellWord(finding.findingId)} --region ${shellWord(region)}`;
}

function shellWord(value: string): string {
  return /^[A-Za-z0-9:/_.=@-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
