import { parseArn } from '../../findings/arn.ts';
import { hasAnalyzerId, UNKNOWN_ANALYZER, type Finding } from '../../findings/finding.ts';
import { cutText } from '../../rules/cut-text.ts';
import { expand, link, note, paragraph, shownWords, strong, text, type AdfBlock, type AdfDocument, type AdfText } from './adf.ts';
import { accountWords } from './account-words.ts';
import { accessBlocks, section, whyWords } from './describe-access.ts';
import { archiveBlocks, closingWords, rescanBlocks } from './describe-closing.ts';
import { factsPart, findingsPart, isMixed } from './describe-facts.ts';
import { isRegion } from './console-host.ts';
import { recommendationBlocks, unusedBlocks } from './describe-unused.ts';
import { day } from './fact-rows.ts';
import { fitDescription, type Part } from './fit-description.ts';
import { fixCases, fixValues } from './fix-values.ts';
import { fixList } from './fix-list.ts';
import { consoleLink } from './finding-links.ts';
import { errorSubject, headline } from './finding-words.ts';
import type { FixStep } from '../../findings/resource-types/fix-step.ts';
import { fixInShort, guidanceFor, readPolicyStep, unusedGuidance, usageStep } from '../guidance/guidance.ts';
import { internalSteps, type InternalAccess } from '../guidance/internal-access.ts';
import { resourceTypeOf } from '../../findings/resource-types/resource-types.ts';
import { errorGuidance } from '../guidance/guidance-errors.ts';
import { mentionText } from './issue-mention.ts';
import type { IssueRoute } from '../issue-route.ts';
import type { RenderInput } from './render-input.ts';
import { whoWords } from './principal-words.ts';
import { resourceLink } from './resource-link.ts';
import { signInLink } from './console-host.ts';
import { sectionBlocks } from './section-blocks.ts';
import { templateValues } from './template-values.ts';
import { textList } from './text-list.ts';

const MAX_HEADLINE = 400;
const MAX_NAME = 64;
const MAX_FOLLOWED = 25;
/** The words that a reader sees before opening anything, without the sections of the rule. */
const MAX_SHOWN_WORDS = 250;
const FIX = 'How to fix it';

/** The description of an issue: short, and enough to act on without another page. Always valid and within Jira's limits. Pure. */
export function describeIssue(input: RenderInput): AdfDocument {
  const [lead] = input.findings;
  const elsewhere =
    lead.analyzerArn === UNKNOWN_ANALYZER || !hasAnalyzerId(lead)
      ? 'The finding in IAM Access Analyzer has all of it.'
      : 'The finding in AWS has all of it; the link above leads there.';
  return fitDescription(partsOf(input, lead), elsewhere);
}

function partsOf(input: RenderInput, lead: Finding): readonly Part[] {
  const { findings, route, follows } = input;
  const values = templateValues(lead, route);
  const mixed = isMixed(input);
  const before: readonly Part[] = [
    whole(
      paragraph(strong(`${headline(lead, route.content, MAX_HEADLINE)}.`)),
      paragraph(text(ownerWords(lead, route))),
      ...linkBlocks(input, lead),
    ),
    ...(follows.length === 0 ? [] : [whole(followsNote(follows))]),
    ...whatParts(input, lead),
    ...(mixed ? [findingsPart(input, mixed)] : []),
    whole(...section('Why it matters', paragraph(text(whyOf(lead, route.content))))),
  ];
  const closing = paragraph(text(closingWords(lead)));
  const room = MAX_SHOWN_WORDS - shownWords([...before.flatMap(({ blocks }) => blocks), ...section(FIX), closing]);
  return [
    ...before,
    // The last of the rule's sections is cut first.
    ...route.sections.map((raw, index) => ({ name: 'sections of the rule', rank: 29 - index / 100, blocks: sectionBlocks(raw, values) })),
    whole(...section(FIX, ...fixBlocks(lead, route, room))),
    ...recommendationPart(input, lead),
    whole(closing, ...rescanBlocks(lead), ...archiveBlocks(findings, route.content)),
    factsPart(input, lead),
    ...(findings.length > 1 && !mixed ? [findingsPart(input, mixed)] : []),
  ];
}

function whole(...blocks: readonly AdfBlock[]): Part {
  return { name: '', rank: null, blocks };
}

function ownerWords({ accountId, region, createdAt, resource }: Finding, { account }: IssueRoute): string {
  const where = parseArn(resource)?.service === 'iam' || !isRegion(region) ? '' : `, Region ${region}`;
  const since = createdAt === null ? '' : ` IAM Access Analyzer has reported this since ${day(createdAt)}.`;
  return `It belongs to account ${accountWords(accountId, account)}${where}.${since}`;
}

function followsNote(follows: RenderInput['follows']): AdfBlock {
  const [first, ...more] = follows.slice(0, MAX_FOLLOWED).map(mentionText);
  const keys = [...(first ?? []), ...more.flatMap((mention) => [...text(', '), ...mention])];
  return note(text('Follows '), keys, text(': the same resource, whose finding was resolved when its policy changed.'));
}

/** The subject: who can do what, the unused access, or the access that could not be analysed. */
function whatParts({ route, details }: RenderInput, lead: Finding): readonly Part[] {
  if (route.content === 'minimal')
    return [whole(paragraph(text('This project does not show who has access and what they may do: see the finding in AWS.')))];
  if (lead.kind === 'unused' && lead.error === null) {
    return [{ name: 'what is not used', rank: 30, blocks: section('What is not used', ...unusedBlocks(lead, details)) }];
  }
  if (lead.error !== null)
    return lead.principals.length === 0
      ? []
      : [
          whole(
            paragraph(
              text(`What could not be analysed is the access of ${textList(whoWords(lead), MAX_HEADLINE, 'see the facts below')}.`),
            ),
          ),
        ];
  return [{ name: 'who can do what', rank: 40, blocks: section('Who can do what', ...accessBlocks(lead)) }];
}

function whyOf(lead: Finding, content: 'full' | 'minimal'): string {
  return lead.kind === 'unused' && lead.error === null ? unusedGuidance(lead.findingType).why : whyWords(lead, content);
}

function fixBlocks(lead: Finding, { content, account }: IssueRoute, room: number): readonly AdfBlock[] {
  const open = content === 'full';
  const cases = fixCases(lead, open);
  const isOwnPolicy = lead.kind === 'external' && lead.error === null && cases.has('plain');
  const inShort = isOwnPolicy ? [paragraph(strong('In short: '), text(fixInShort(lead.resourceType)))] : [];
  const left = room - shownWords(inShort);
  return [...inShort, ...fixList(stepsFor(lead, open), cases, fixValues(lead, open), accountWords(lead.accountId, account), left)];
}

function stepsFor(lead: Finding, open: boolean): readonly FixStep[] {
  const { error, kind, findingType, resourceType } = lead;
  if (error !== null) return errorSteps(lead, error);
  switch (kind) {
    case 'external':
      return [usageStep(resourceType), ...guidanceFor(resourceType).steps];
    case 'internal':
      return [usageStep(resourceType), ...internalSteps(internalAccess(lead, open))];
    case 'unused':
      return unusedGuidance(findingType).steps;
    default:
      return kind satisfies never;
  }
}

function errorSteps(lead: Finding, error: string): readonly FixStep[] {
  const subject = errorSubject(lead);
  const { steps } = errorGuidance(error, subject);
  return subject === 'resource' && error === 'ACCESS_DENIED' ? [...readPolicyStep(lead.resourceType), ...steps] : steps;
}

/** @param open whether the issue may name the principals */
function internalAccess({ resourceType, accessType, principalType, principals }: Finding, open: boolean): InternalAccess {
  const { steps } = guidanceFor(resourceType);
  const isReserved = principals.some(({ value }) => value.includes('/aws-reserved/sso.amazonaws.com/'));
  const hasPolicy = resourceTypeOf(resourceType)?.isWithoutPolicy !== true;
  return {
    principal: open ? (isReserved ? 'identity-center' : principalType === 'IAM_USER' ? 'user' : 'role') : 'hidden',
    isOfAnotherAccount: accessType === 'INTRA_ORG',
    policySteps: hasPolicy ? steps : null,
    attributeSteps: hasPolicy ? [] : steps,
  };
}

function recommendationPart({ route }: RenderInput, lead: Finding): readonly Part[] {
  if (route.content === 'minimal' || lead.findingType !== 'UnusedPermission' || lead.error !== null) return [];
  const blocks = recommendationBlocks(lead);
  return blocks.length === 0 ? [] : [{ name: 'the recommended policies', rank: 10, blocks: [expand('What AWS recommends', ...blocks)] }];
}

function linkBlocks({ route }: RenderInput, lead: Finding): readonly AdfBlock[] {
  const through = (href: string | null, account: string) => (href === null ? null : signInLink(href, account, route.consoleLink));
  const analyzerAccount = parseArn(lead.analyzerArn)?.accountId ?? '';
  const finding = through(consoleLink(lead), analyzerAccount);
  const resource = through(resourceLink(lead), lead.accountId);
  const parts: AdfText[][] = [
    ...(finding === null
      ? []
      : [[...link('the finding', finding), ...text(` (sign in to account ${cutText(analyzerAccount, MAX_NAME)})`)]]),
    ...(resource === null
      ? []
      : [[...link('the resource', resource), ...text(` (account ${accountWords(lead.accountId, route.account)})`)]]),
  ];
  const [first, second = []] = parts;
  return first === undefined ? [] : [paragraph(text('In the AWS console: '), first, second.length === 0 ? [] : text(', '), second)];
}
