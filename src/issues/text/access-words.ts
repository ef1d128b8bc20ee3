import { accessLevel } from '../../findings/access-level.ts';

/** Well-known words that replace the level of an action, the most powerful last. */
const OWN_WORDS: readonly (readonly [word: string, action: RegExp])[] = [
  ['receive', /^sqs:receive/i],
  ['subscribe', /^sns:(?:subscribe|receive)/i],
  ['pull', /^ecr:(?:batchget|getdownload|batchcheck)/i],
  ['send', /^sqs:send/i],
  ['publish', /^sns:publish/i],
  ['push', /^ecr:(?:put|upload|initiate|complete)/i],
  ['invoke', /^(?:lambda|execute-api):invoke/i],
  ['assume', /^sts:/i],
  ['encrypt', /^kms:(?:encrypt|reencryptto|generatedatakey)/i],
  ['decrypt', /^kms:(?:decrypt|reencryptfrom)/i],
];

const END_A_GRANT = 'end a grant';

const ORDER: readonly string[] = ['read', END_A_GRANT, ...OWN_WORDS.map(([word]) => word), 'use', 'write', 'administer'];

/**
 * A list of actions in plain words: `read`, `write`, `administer`, or the service's own word such as `pull` or `assume`; each once, the
 * most powerful last. Pure; `accessLevel` classifies the actions.
 */
export function accessWords(actions: readonly string[]): readonly string[] {
  const wording = new Set(actions.map((action) => accessWord(action)));
  return ORDER.filter((word) => wording.has(word));
}

function accessWord(action: string): string {
  // It changes who has access, but gives none: https://docs.aws.amazon.com/kms/latest/APIReference/API_RetireGrant.html
  if (/^kms:retiregrant$/i.test(action)) return END_A_GRANT;
  const level = accessLevel(action);
  const own = level === 'administer' ? undefined : OWN_WORDS.find(([, form]) => form.test(action));
  return own?.[0] ?? level;
}
