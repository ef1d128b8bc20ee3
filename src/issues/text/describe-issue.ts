import { parseArn } from '../../findings/arn.ts';
import { hasAnalyzerId, UNKNOWN_ANALYZER, type Finding } from '../../findings/finding.ts';
import { lifecycleOf } from '../../findings/lifecycle.ts';
import { cutText } from '../../rules/cut-text.ts';
import {
  bulletList,
  code,
  codeBlock,
  factTable,
  link,
  note,
  paragraph,
  strong,
  text,
  type AdfBlock,
  type AdfDocument,
  type AdfText,
} from './adf.ts';
import { accountWords } from './account-words.ts';
import { accessBlocks, section, whyWords } from './describe-access.ts';
import { archiveBlocks, closingBlocks, signedIn } from './describe-closing.ts';
import { isRegion } from './console-host.ts';
import { recommendationBlocks, unusedBlocks } from './describe-unused.ts';
import { day, factRows, shortRows } from './fact-rows.ts';
import { fitDescription, type Part } from './fit-description.ts';
import { fixCases, fixValues } from './fix-values.ts';
import { fixList } from './fix-list.ts';
import { consoleLink, findingCommand } from './finding-links.ts';
import { errorSubject, headline } from './finding-words.ts';
import type { FixStep } from '../guidance/fix-step.ts';
import { guidanceFor, INTERNAL_STEPS, unusedGuidance } from '../guidance/guidance.ts';
import { errorGuidance } from '../guidance/guidance-errors.ts';
import { mentionText } from './issue-mention.ts';
import type { IssueRoute } from '../issue-route.ts';
import type { RenderInput } from './render-input.ts';
import { whoWords } from './principal-words.ts';
import { resourceLink } from './resource-link.ts';
import { signInLink } from './sign-in-link.ts';
import { sectionBlocks } from './section-blocks.ts';
import { templateValues } from './template-values.ts';
import { textList } from './text-list.ts';

const MAX_HEADLINE = 400;
const MAX_NAME = 64;
/** For one finding in a list. */
const MAX_LINE = 200;
const MAX_FINDINGS = 25;
const FEW_FINDINGS = 5;

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
  return [
    whole(
      paragraph(strong(`${headline(lead, route.content, MAX_HEADLINE)}.`)),
      paragraph(text(ownerWords(lead, route))),
      ...linkBlocks(input, lead),
    ),
    ...(follows.length === 0 ? [] : [whole(followsNote(follows))]),
    ...whatParts(input, lead),
    ...(mixed ? [findingsPart(input, mixed)] : []),
    whole(...section('Why it matters', paragraph(text(whyOf(lead, route.content))))),
    // The last of the rule's sections is cut first.
    ...route.sections.map((raw, index) => ({ name: 'sections of the rule', rank: 29 - index / 100, blocks: sectionBlocks(raw, values) })),
    whole(...section('How to fix it', ...fixBlocks(lead, route))),
    ...recommendationPart(input, lead),
    whole(...closingBlocks(lead)),
    whole(...archiveBlocks(findings)),
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
  const [first, ...more] = follows.slice(0, MAX_FINDINGS).map(mentionText);
  const keys = [...(first ?? []), ...more.flatMap((mention) => [...text(', '), ...mention])];
  return note(text('Follows '), keys, text(': the same resource, whose finding was resolved when its policy changed.'));
}

/** The subject: who can do what, the unused access, or the access that could not be analysed. */
function whatParts({ route, details }: RenderInput, lead: Finding): readonly Part[] {
  if (route.content === 'minimal')
    return [whole(paragraph(text('Who has access and what they may do is not told in this project: see the finding in AWS.')))];
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

function fixBlocks(lead: Finding, { content, account }: IssueRoute): readonly AdfBlock[] {
  const open = content === 'full';
  return fixList(stepsFor(lead), fixCases(lead, open), fixValues(lead, open), accountWords(lead.accountId, account));
}

function stepsFor(lead: Finding): readonly FixStep[] {
  const { error, kind, findingType, resourceType } = lead;
  if (error !== null) return errorGuidance(error, errorSubject(lead)).steps;
  switch (kind) {
    case 'external':
      return guidanceFor(resourceType).steps;
    case 'internal':
      return INTERNAL_STEPS;
    case 'unused':
      return unusedGuidance(findingType).steps;
    default:
      return kind satisfies never;
  }
}

function recommendationPart({ route }: RenderInput, lead: Finding): readonly Part[] {
  if (route.content === 'minimal' || lead.findingType !== 'UnusedPermission' || lead.error !== null) return [];
  const blocks = recommendationBlocks(lead);
  return blocks.length === 0 ? [] : [{ name: 'the recommended policies', rank: 10, blocks: section('What AWS recommends', ...blocks) }];
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

function factsPart({ route, facts }: RenderInput, lead: Finding): Part {
  const command = findingCommand(lead, 'read');
  const reading =
    command === null ? [noCommand(lead)] : [paragraph(text(`The whole finding with the AWS CLI, ${signedIn(lead)}:`)), codeBlock(command)];
  return {
    name: 'facts',
    rank: 20,
    blocks: section('Facts', factTable(factRows(lead, route, facts)), ...reading),
    short: section('Facts', factTable(shortRows(lead, route.account)), ...reading),
  };
}

function noCommand(lead: Finding): AdfBlock {
  const { analyzerArn, findingId } = lead;
  if (!hasAnalyzerId(lead))
    return paragraph(
      text(
        'Security Hub passed the finding on without its id in IAM Access Analyzer, so there is no link to the finding and no command for it. Look in IAM Access Analyzer for the resource.',
      ),
    );
  return analyzerArn === UNKNOWN_ANALYZER
    ? paragraph(
        text(
          'The message that told of the finding did not name its analyzer, so there is no link to the finding and no command for it. Look in IAM Access Analyzer for the id ',
        ),
        code(cutText(findingId, MAX_HEADLINE)),
        text('.'),
      )
    : paragraph(text('There is no command for the finding here: a name holds characters that should not be pasted into a shell.'));
}

/** Whether the findings of the issue report different access. */
function isMixed({ findings, route }: RenderInput): boolean {
  return new Set(findings.map((finding) => headline(finding, route.content, MAX_LINE))).size > 1;
}

/** An active finding needs no remark. */
function lifecycleWords(finding: Finding): string {
  const lifecycle = lifecycleOf(finding);
  return lifecycle === 'active' ? '' : `, ${lifecycle === 'unmonitored' ? 'no longer watched' : lifecycle}`;
}

function findingsPart({ findings, route }: RenderInput, mixed: boolean): Part {
  const lines = (most: number): readonly AdfBlock[] => {
    const shown = findings.slice(0, most).map((finding) => {
      const words = mixed ? `${headline(finding, route.content, MAX_LINE)}: ` : '';
      return paragraph(
        text(words),
        code(cutText(finding.findingId, MAX_NAME)),
        text(` in ${cutText(finding.region, MAX_NAME)}${lifecycleWords(finding)}`),
      );
    });
    const more = findings.length - shown.length;
    return section(
      `The ${findings.length} findings of this issue`,
      bulletList(more > 0 ? [...shown, paragraph(text(`and ${more} more; the admin API lists them all`))] : shown),
    );
  };
  return { name: 'the list of findings', rank: mixed ? 35 : 5, blocks: lines(MAX_FINDINGS), short: lines(FEW_FINDINGS) };
}
