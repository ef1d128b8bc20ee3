import type { Finding } from '../../findings/finding.ts';
import type { RecommendedStep, UnusedDetail, UnusedPermission } from '../../findings/finding-details.ts';
import { parseArn } from '../../findings/arn.ts';
import { isJsonObject, jsonShape, type Json } from '../../findings/json.ts';
import { cutText } from '../../rules/cut-text.ts';
import { adfSize, bulletList, code, codeBlock, paragraph, strong, text, type AdfBlock, type AdfParagraph } from './adf.ts';
import { cliLine } from './cli-line.ts';
import { day } from './fact-rows.ts';
import { fixValues } from './fix-values.ts';
import { findingCommand } from './finding-links.ts';
import type { DetailsState } from './render-input.ts';
import { textList } from './text-list.ts';

const MAX_VALUE = 400;
const MAX_SERVICES = 40;
/** Maximum characters of the actions of one service. */
const MAX_ACTIONS = 300;
/** Maximum characters as JSON. IAM takes managed policies of 6,144 characters; a policy that is cut can't be used. */
const MAX_POLICIES = 12_000;
const MAX_STEPS = 10;
/** A condition in a statement is six levels deep. Indenting a text of a thousand levels makes it a thousand times as long. */
const MAX_POLICY_DEPTH = 20;

/** The unused access, or else why the list is missing. */
export function unusedBlocks(finding: Finding, details: DetailsState): readonly AdfBlock[] {
  const known = finding.unusedDetails ?? [];
  if (known.length === 0) return [paragraph(text(missingWords(details)))];
  const lines = known.map((detail) => detailLine(detail));
  const more = lines.length - MAX_SERVICES;
  return [
    bulletList(
      more > 0 ? [...lines.slice(0, MAX_SERVICES), paragraph(text(`and ${more} more services; the finding in AWS lists them all`))] : lines,
    ),
  ];
}

function missingWords(details: DetailsState): string {
  if (details === 'awaited') return 'AWS is still being asked what exactly is not used. It is added here as soon as it is known.';
  if (details === 'there') return 'AWS does not say what exactly is not used.';
  return `The list of what is not used is missing: ${cutText(details.missing, MAX_VALUE)}. The finding in AWS has it.`;
}

function detailLine(detail: UnusedDetail): AdfParagraph {
  switch (detail.kind) {
    case 'role':
      return paragraph(strong('The role: '), text(lastUsed(detail.lastAccessed)));
    case 'access-key':
      return paragraph(strong('Access key '), code(cutText(detail.accessKeyId, MAX_VALUE)), text(`: ${lastUsed(detail.lastAccessed)}`));
    case 'password':
      return paragraph(strong('The password: '), text(lastUsed(detail.lastAccessed)));
    case 'permission':
      return paragraph(strong(cutText(detail.serviceNamespace, MAX_VALUE)), text(`: ${permissionWords(detail)}`));
    default:
      return detail satisfies never;
  }
}

function permissionWords({ actions, lastAccessed }: UnusedPermission): string {
  if (actions === null || actions.length === 0) return `the whole service, ${lastUsed(lastAccessed)}`;
  const names = actions.map(({ action, lastAccessed: at }) => (at === null ? action : `${action} (last used ${day(at)})`));
  return `${actions.length} action${actions.length === 1 ? '' : 's'}: ${textList(names, MAX_ACTIONS, 'see the finding in AWS')}`;
}

function lastUsed(at: string | null): string {
  return at === null ? 'never used, or longer ago than AWS looks back' : `last used on ${day(at)}`;
}

/** AWS's recommendation for unused permissions: policies to paste, or the commands to request them. */
export function recommendationBlocks(finding: Finding): readonly AdfBlock[] {
  const { recommendedSteps: steps } = finding;
  const command = findingCommand(finding, 'recommend');
  const asking =
    command === null ? [] : [paragraph(text('AWS can write the policies that are left. Ask for them with:')), codeBlock(command)];
  if (steps === null) return asking;
  if (steps.length === 0) return [paragraph(text('AWS recommends no policy for it.'))];
  const length = steps.reduce((sum, { recommendedPolicy }) => sum + (recommendedPolicy?.length ?? 0), 0);
  const blocks = length > MAX_POLICIES ? null : steps.slice(0, MAX_STEPS).flatMap((step) => stepBlocks(finding, step));
  if (steps.length > MAX_STEPS || blocks === null || adfSize(blocks) > MAX_POLICIES)
    return [
      paragraph(text(`AWS recommends ${steps.length} steps, which are too long for this issue. Read them with:`)),
      ...asking.slice(1),
    ];
  return blocks;
}

function stepBlocks(finding: Finding, { recommendedAction, recommendedPolicy, existingPolicyId }: RecommendedStep): readonly AdfBlock[] {
  const policy = existingPolicyId === null ? text('') : code(cutText(existingPolicyId, MAX_VALUE));
  if (recommendedAction === 'DETACH_POLICY') {
    const command = detachCommand(finding, existingPolicyId);
    return [paragraph(text('Detach the policy '), policy, text(':')), ...(command === null ? [] : [codeBlock(command)])];
  }
  const words = recommendedAction === 'CREATE_POLICY' ? 'Create and attach a policy' : `${cutText(recommendedAction, MAX_VALUE)}: a policy`;
  return [
    paragraph(text(words), ...(existingPolicyId === null ? [] : [text(' in place of '), policy]), text(':')),
    ...(recommendedPolicy === null ? [] : [codeBlock(readablePolicy(recommendedPolicy))]),
  ];
}

/** Only a managed policy can be detached, by its ARN. */
function detachCommand(finding: Finding, policyArn: string | null): string | null {
  if (policyArn === null || parseArn(policyArn) === null) return null;
  const of = finding.resourceType === 'AWS::IAM::User' ? 'user' : 'role';
  return cliLine(`aws iam detach-${of}-policy --${of}-name {name} --policy-arn {policy}`, {
    ...fixValues(finding, true),
    policy: policyArn,
  });
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
