import { parseArn } from '../findings/arn.ts';
import type { Finding } from '../findings/finding.ts';

/** The console's host in each partition. */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** Characters. */
const MAX_LINK = 2_000;

/**
 * Where a person who is signed in to the analyzer's account sees the finding.
 * Source of the forms: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-securityhub-integration.html
 * @returns null in a partition whose console we don't know, and when it would be longer than browsers take for granted
 */
export function consoleLink(finding: Finding): string | null {
  const analyzer = parseArn(finding.analyzerArn);
  const host = analyzer !== null && Object.hasOwn(CONSOLES, analyzer.partition) ? CONSOLES[analyzer.partition] : undefined;
  if (analyzer === null || host === undefined || !/^[a-z0-9-]{1,32}$/.test(analyzer.region)) return null;
  const region = analyzer.region;
  const link = `https://${finding.kind === 'unused' ? `${region}.` : ''}${host}/access-analyzer/home?region=${region}${fragment(finding)}`;
  return link.length > MAX_LINK ? null : link;
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

/** Encoding throws at half a surrogate pair. */
function encoded(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

/** The command that prints the whole finding. Values are quoted where a shell would read more into them. */
export function cliLine(finding: Finding): string {
  const region = parseArn(finding.analyzerArn)?.region ?? finding.region;
  return `aws accessanalyzer get-finding-v2 --analyzer-arn ${shellWord(finding.analyzerArn)} --id ${shellWord(finding.findingId)} --region ${shellWord(region)}`;
}

function shellWord(value: string): string {
  return /^[A-Za-z0-9:/_.=@-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
