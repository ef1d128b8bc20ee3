/** Analyzers that AWS services make for themselves, where no list says so. Source: https://docs.aws.amazon.com/securityhub/latest/userguide/unused-access-findings.html */
const MANAGED_NAME = /:analyzer\/_AccessAnalyzerFor/;

export function isManagedName(arn: string): boolean {
  return MANAGED_NAME.test(arn);
}
