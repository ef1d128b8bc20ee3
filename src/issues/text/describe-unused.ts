import type { Finding } from '../../findings/finding.ts';
import type { RecommendedStep, UnusedDetail, UnusedPermission } from '../../findings/finding-details.ts';
import { parseArn } from '../../findings/arn.ts';
import { isJsonObject, jsonShape, type Json } from '../../findings/json.ts';
import { cutText } from '../../rules/cut-text.ts';
import {
  adfSize,
  bulletList,
  code,
  codeBlock,
  expand,
  paragraph,
  shownWords,
  strong,
  text,
  type AdfBlock,
  type AdfParagraph,
} from './adf.ts';
import { cliLine } from './cli-line.ts';
import { day } from './fact-rows.ts';
import { fixCases, fixValues } from './fix-values.ts';
import { findingCommand } from './finding-links.ts';
import type { DetailsState } from './render-input.ts';
import { textList } from './text-list.ts';

const MAX_VALUE = 400;
/** Maximum words of a list that is shown as a whole. */
const MAX_SHOWN_WORDS = 60;
/** Maximum services, and characters of the actions of one service: in full, and at first sight. */
const MAX_SERVICES = 40;
const MAX_ACTIONS = 300;
const FEW_SERVICES = 5;
const FEW_ACTIONS = 80;
/** Maximum characters as JSON. IAM takes managed policies of 6,144 characters; a policy that is cut can't be used. */
const MAX_POLICIES = 12_000;
const MAX_STEPS = 10;
/** A condition in a statement is six levels deep. Indenting a text of a thousand levels makes it a thousand times as long. */
const MAX_POLICY_DEPTH = 20;

/** The unused access, or else why the list is missing. Only a short list is shown at once; what a longer one has in full is folded. */
export function unusedBlocks(finding: Finding, details: DetailsState): readonly AdfBlock[] {
  const known = finding.unusedDetails ?? [];
  if (known.length === 0) return [paragraph(text(missingWords(details)))];
  const all = detailList(known, MAX_SERVICES, MAX_ACTIONS, 'the finding in AWS lists them all');
  if (shownWords([all]) <= MAX_SHOWN_WORDS) return [all];
  return [detailList(known, FEW_SERVICES, FEW_ACTIONS, 'all are below'), expand('All that is not used', all)];
}

function detailList(details: readonly UnusedDetail[], services: number, actions: number, rest: string): AdfBlock {
  const lines = details.slice(0, services).map((detail) => detailLine(detail, actions));
  const more = details.length - lines.length;
  return bulletList(more > 0 ? [...lines, paragraph(text(`and ${more} more services; ${rest}`))] : lines);
}

function missingWords(details: DetailsState): string {
  if (details === 'awaited') return 'AWS is still being asked what exactly is not used. It is added here as soon as it is known.';
  if (details === 'there') return 'AWS does not say what exactly is not used.';
  return `The list of what is not used is missing: ${cutText(details.missing, MAX_VALUE)}. The finding in AWS has it.`;
}

function detailLine(detail: UnusedDetail, maxActions: number): AdfParagraph {
  switch (detail.kind) {
    case 'role':
      return paragraph(strong('The role: '), text(lastUsed(detail.lastAccessed)));
    case 'access-key':
      return paragraph(strong('Access key '), code(cutText(detail.accessKeyId, MAX_VALUE)), text(`: ${lastUsed(detail.lastAccessed)}`));
    case 'password':
      return paragraph(strong('The password: '), text(lastUsed(detail.lastAccessed)));
    case 'permission':
      return paragraph(strong(cutText(detail.serviceNamespace, MAX_VALUE)), text(`: ${permissionWords(detail, maxActions)}`));
    default:
      return detail satisfies never;
  }
}

function permissionWords({ actions, lastAccessed }: UnusedPermission, maxActions: number): string {
  if (actions === null || actions.length === 0) return `the whole service, ${lastUsed(lastAccessed)}`;
  const names = actions.map(({ action, lastAccessed: at }) => (at === null ? action : `${action} (last used ${day(at)})`));
  return `${actions.length} action${actions.length === 1 ? '' : 's'}: ${textList(names, maxActions, 'see the finding in AWS')}`;
}

function lastUsed(at: string | null): string {
  return at === null ? 'never used, or longer ago than AWS looks back' : `last used on ${day(at)}`;
}

/** AWS's recommendation for unused permissions: policies and commands to paste, or the commands to request them. */
export function recommendationBlocks(finding: Finding): readonly AdfBlock[] {
  const { recommendedSteps: steps } = finding;
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings-remediate.html: not for roles of IAM Identity Center.
  if (fixCases(finding, true).has('identity-center')) return [];
  const command = findingCommand(finding, 'recommend');
  const asking =
    command === null ? [] : [paragraph(text('AWS can write the policies that are left. Ask for them with:')), codeBlock(command)];
  if (steps === null) return asking;
  if (steps.length === 0) return [paragraph(text('AWS recommends no policy for it.'))];
  const length = steps.reduce((sum, { recommendedPolicy }) => sum + (recommendedPolicy?.length ?? 0), 0);
  const blocks = length > MAX_POLICIES ? null : stepsInOrder(finding, steps.slice(0, MAX_STEPS));
  if (steps.length > MAX_STEPS || blocks === null || adfSize(blocks) > MAX_POLICIES)
    return [
      paragraph(text(`AWS recommends ${steps.length} steps, which are too long for this issue. Read them with:`)),
      ...asking.slice(1),
    ];
  return blocks;
}

/** Nothing is detached before all that replaces it is attached. */
function stepsInOrder(finding: Finding, steps: readonly RecommendedStep[]): readonly AdfBlock[] {
  const isDetaching = ({ recommendedAction }: RecommendedStep): boolean => recommendedAction === 'DETACH_POLICY';
  return [
    ...steps.filter((step) => !isDetaching(step)).flatMap((step, index) => attachBlocks(finding, step, index + 1)),
    ...steps.filter(isDetaching).flatMap((step) => detachBlocks(finding, step)),
  ];
}

function policyId({ existingPolicyId }: RecommendedStep): ReturnType<typeof text> {
  return existingPolicyId === null ? text('') : code(cutText(existingPolicyId, MAX_VALUE));
}

function attachBlocks(finding: Finding, step: RecommendedStep, number: number): readonly AdfBlock[] {
  const { recommendedAction, recommendedPolicy, existingPolicyId } = step;
  const isNew = recommendedAction === 'CREATE_POLICY';
  const file = `smaller-${number}.json`;
  const words = isNew ? `Save this policy as ${file}` : `${cutText(recommendedAction, MAX_VALUE)}: a policy`;
  const commands = isNew && recommendedPolicy !== null ? attachCommands(finding, existingPolicyId, file, number) : null;
  return [
    paragraph(text(words), ...(existingPolicyId === null ? [] : [text(', in place of '), policyId(step)]), text(':')),
    ...(recommendedPolicy === null ? [] : [codeBlock(readablePolicy(recommendedPolicy))]),
    ...(commands === null ? [] : [paragraph(text('Create and attach it:')), codeBlock(commands)]),
  ];
}

function detachBlocks(finding: Finding, step: RecommendedStep): readonly AdfBlock[] {
  const command = detachCommand(finding, step.existingPolicyId);
  const words = isManaged(step.existingPolicyId) ? 'Then detach the policy ' : 'Then delete the inline policy ';
  return [paragraph(text(words), policyId(step), text(':')), ...(command === null ? [] : [codeBlock(command)])];
}

/** A managed policy is followed by a managed one, an inline policy by an inline one. */
function attachCommands(finding: Finding, existing: string | null, file: string, number: number): string | null {
  const of = ownerKind(finding);
  const { name = '', account = '', partition = '' } = fixValues(finding, true);
  const policy = `${name}-smaller-${number}`;
  const values = { ...fixValues(finding, true), policy, policyArn: `arn:${partition}:iam::${account}:policy/${policy}` };
  const commands = isManaged(existing)
    ? [
        `aws iam create-policy --policy-name {policy} --policy-document file://${file}`,
        `aws iam attach-${of}-policy --${of}-name {name} --policy-arn {policyArn}`,
      ]
    : [`aws iam put-${of}-policy --${of}-name {name} --policy-name {policy} --policy-document file://${file}`];
  const lines = commands.map((command) => cliLine(command, values));
  return lines.includes(null) ? null : lines.join('\n');
}

/** AWS names a managed policy by its ARN and an inline one by its name. */
function detachCommand(finding: Finding, existing: string | null): string | null {
  if (existing === null) return null;
  const of = ownerKind(finding);
  const command = isManaged(existing)
    ? `aws iam detach-${of}-policy --${of}-name {name} --policy-arn {policy}`
    : `aws iam delete-${of}-policy --${of}-name {name} --policy-name {policy}`;
  return cliLine(command, { ...fixValues(finding, true), policy: existing });
}

function isManaged(policy: string | null): boolean {
  return policy === null || parseArn(policy) !== null;
}

function ownerKind({ resourceType }: Finding): 'user' | 'role' {
  return resourceType === 'AWS::IAM::User' ? 'user' : 'role';
}

/** AWS sends it in one line. Text that is no JSON, or nested deeper than any policy, is shown as it is. */
function readablePolicy(policy: string): string {
  if (jsonShape(policy).depth > MAX_POLICY_DEPTH) return policy;
  try {
    const parsed: Json = JSON.parse(policy);
    return isJsonObject(parsed) ? JSON.stringify(parsed, null, 2) : policy;
  } catch {
    return policy;
  }
}
