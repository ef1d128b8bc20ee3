import type { Finding } from '../../findings/finding.ts';
import { cutText } from '../../rules/cut-text.ts';
import { accessWords } from './access-words.ts';
import { bulletList, heading, paragraph, strong, text, type AdfBlock, type AdfParagraph } from './adf.ts';
import { conditionWords, restrictionWords } from './condition-words.ts';
import { errorSubject } from './finding-words.ts';
import { guidanceFor } from '../guidance/guidance.ts';
import { errorGuidance, UNTIL_FIXED } from '../guidance/guidance-errors.ts';
import { RISKS, SHARED_RISK } from '../guidance/risk.ts';
import { accessKind, whoWords } from './principal-words.ts';
import { sourceWords } from './source-words.ts';
import { textList } from './text-list.ts';

/** Maximum characters of a list in a sentence: the facts below have more. */
const MAX_SHORT = 400;
const SHORT_REST = 'see the facts below';

/** Who can do what, in words, for external and internal access. */
export function accessBlocks(finding: Finding): readonly AdfBlock[] {
  const { principals, actions, conditions, sources, rcpRestriction, scpRestriction } = finding;
  const who = whoWords(finding);
  const items = [
    who.length === 0 ? null : line('Who', short(who)),
    actions.length === 0 ? null : line('May do', `${accessWords(actions).join(', ')} (${short(actions)})`),
    principals.length === 0 ? null : line('Conditions', short(conditions.map(conditionWords)) || 'none that the finding tells of'),
    sources.length === 0 ? null : line('Let in by', short(sources.map(sourceWords))),
    finding.accessType === null ? null : line('From', internalWords(finding)),
    ...[restrictionWords('resource control policies', rcpRestriction), restrictionWords('service control policies', scpRestriction)].map(
      (words) => (words === null ? null : paragraph(text(cutText(words, MAX_SHORT)))),
    ),
  ].filter((item) => item !== null);
  return items.length === 0 ? [paragraph(text('AWS does not say who, and what they may do.'))] : [bulletList(items)];
}

function line(name: string, words: string): AdfParagraph {
  return paragraph(strong(`${name}: `), text(words));
}

function short(values: readonly string[]): string {
  return textList(values, MAX_SHORT, SHORT_REST);
}

function internalWords({ accessType, principalOwnerAccount }: Finding): string {
  const where =
    accessType === 'INTRA_ACCOUNT'
      ? 'inside the same account'
      : accessType === 'INTRA_ORG'
        ? 'another account of the organization'
        : `${accessType}`;
  return cutText(principalOwnerAccount === null ? where : `${where} (${principalOwnerAccount})`, MAX_SHORT);
}

/** Why it matters, in two or three sentences for a person who never heard of a resource policy. */
export function whyWords(finding: Finding, content: 'full' | 'minimal'): string {
  const { about, publicRisk, sharedRisk = SHARED_RISK } = guidanceFor(finding.resourceType);
  if (finding.error !== null) {
    const subject = errorSubject(finding);
    return `${errorGuidance(finding.error, subject).why} ${UNTIL_FIXED[subject]}`;
  }
  if (content === 'minimal') return `${about}. IAM Access Analyzer has found access to it that its owner should look at.`;
  if (finding.kind === 'internal')
    return `${about}, and this one is marked as worth watching. Anyone who takes over the role or user above gets this access, too.`;
  const kind = accessKind(finding) ?? 'account';
  const { openTo, openToMany = openTo, risk } = RISKS[kind];
  const open = finding.principals.length > 1 ? openToMany : openTo;
  return `${about}, and this one is ${open}${limitWords(finding)}. ${risk ?? (kind === 'everyone' ? publicRisk : sharedRisk)}`;
}

/** Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ExternalAccessDetails.html */
function limitWords({ rcpRestriction }: Finding): string {
  const isOpen = rcpRestriction === 'APPLICABLE' || rcpRestriction === 'FAILED_TO_EVALUATE_RCP';
  return isOpen ? ', unless resource control policies stop it' : '';
}

export function section(title: string, ...blocks: readonly AdfBlock[]): readonly AdfBlock[] {
  return [heading(3, text(title)), ...blocks];
}
