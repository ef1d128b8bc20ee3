import type { Finding } from '../../findings/finding.ts';
import { timestampMs } from '../../findings/timestamp.ts';
import { readMessage } from '../../intake/read-message.ts';
import type { MessagePart } from '../../intake/message-part.ts';
import type { IssueDraft } from '../../issues/issue-draft.ts';
import { renderIssue } from '../../issues/text/render-issue.ts';
import { routeFinding } from '../../issues/route-finding.ts';
import { decide } from '../../rules/decide.ts';
import { NO_ACCOUNTS } from '../../rules/known-accounts.ts';
import type { CompiledRules } from '../../rules/parse-rules.ts';
import { adfText } from './adf-text.ts';

/** The result for one part of a message: an issue, or the reason why there is none. */
export type Preview =
  | { readonly kind: 'issue'; readonly status: Finding['status']; readonly ruleId: string; readonly draft: IssueDraft }
  | { readonly kind: 'none'; readonly why: string };

/**
 * The issues that a message would lead to, as intake reads it and the rules route it. Nothing is sent. The issue is opened at the time
 * of the observation, so that the same event gives the same text on every day.
 */
export function previewMessage(body: string, rules: CompiledRules): readonly Preview[] {
  return readMessage(body, Number.MAX_SAFE_INTEGER, null).map((part) => previewPart(part, rules));
}

function previewPart(part: MessagePart, rules: CompiledRules): Preview {
  switch (part.kind) {
    case 'finding':
      return previewFinding(part.finding, rules);
    case 'ignored':
      return { kind: 'none', why: `Passed over: ${part.because}` };
    case 'unreadable':
      return { kind: 'none', why: `Cannot be read: ${part.because}: ${part.path}: ${part.message}` };
    default:
      return part satisfies never;
  }
}

function previewFinding(finding: Finding, rules: CompiledRules): Preview {
  const decision = decide(rules, { ...finding.event });
  if (decision.action === 'ignore')
    return { kind: 'none', why: `No issue: ${decision.because}${decision.ruleId === null ? '' : ` (${decision.ruleId})`}` };
  const route = routeFinding(finding, decision.rule, rules.ruleSet, NO_ACCOUNTS, 1);
  const details = finding.unusedDetails === null ? 'awaited' : 'there';
  const draft = renderIssue({ findings: [finding], route, nowMs: timestampMs(finding.observedAt), details, follows: [] });
  return { kind: 'issue', status: finding.status, ruleId: decision.ruleId, draft };
}

/** For a terminal. */
export function previewText(preview: Preview): string {
  if (preview.kind === 'none') return `${preview.why}\n`;
  const { status, ruleId, draft } = preview;
  const fields: readonly (readonly [string, string | null])[] = [
    ['Project', `${draft.projectKey} (rule ${ruleId})`],
    ['Status', status === 'ACTIVE' ? null : `${status}: no issue is opened for it, one that is open is closed`],
    ['Type', draft.issueType],
    ['Severity', draft.severity],
    ['Priority', draft.priority],
    ['Due', draft.dueDate],
    ['Labels', draft.labels.join(', ')],
    ['Components', draft.components.join(', ')],
    ['Security level', draft.securityLevel],
    ['Parent', draft.parent],
    ['Assignee', draft.assignee],
  ];
  const lines = fields.filter(([, value]) => value !== null && value !== '').map(([name, value]) => `${name}: ${value}`);
  return `${draft.summary}\n\n${lines.join('\n')}\n\n${adfText(draft.description)}`;
}
