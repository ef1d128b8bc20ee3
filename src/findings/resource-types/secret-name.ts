/** The name of a secret. `isCertain` false: its ARN may be without the random end, so the last word may belong to the name. */
export interface SecretName {
  readonly name: string;
  readonly isCertain: boolean;
}

/**
 * AWS ends the ARN of a secret with a hyphen and six random letters and digits. An ARN in a policy may lack them, and a name may end alike
 * (`prod/my-secret`): an end of only small letters or only digits is rarely random, so it stays.
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html
 * @param name what follows `secret:` in the ARN
 */
export function secretName(name: string): SecretName {
  const [end] = /-[A-Za-z0-9]{6}$/.exec(name) ?? [];
  if (end === undefined) return { name, isCertain: true };
  return /^-(?:[a-z]+|\d+)$/.test(end) ? { name, isCertain: false } : { name: name.slice(0, -end.length), isCertain: true };
}
