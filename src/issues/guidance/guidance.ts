import { LOST_DATA } from '../../findings/resource-types/data-risk.ts';
import type { FixStep, Guidance } from '../../findings/resource-types/fix-step.ts';
import type { ResourceTypes } from '../../findings/resource-types/resource-type.ts';
import { RESOURCE_TYPES, resourceTypeOf } from '../../findings/resource-types/resource-types.ts';
import { USAGE } from '../../findings/resource-types/usage.ts';
import { NEW_UNUSED_GUIDANCE, UNUSED_GUIDANCE, type UnusedGuidance } from './guidance-unused.ts';

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html */
const WHERE_IT_IS_MADE: FixStep = {
  text: 'Created by Terraform or CloudFormation? Change it there: the next apply undoes what is changed by hand.',
};

/** For types that AWS adds later. */
const NEW_TYPE: Guidance = {
  about: 'This resource has a policy of its own, which says who may use it',
  publicRisk: LOST_DATA,
  steps: [
    { text: 'Find the policy of the resource in its console, and in it the statements that let them in.' },
    { text: 'Delete each, or have it name only the accounts and roles that need the access; a "*" as principal lets in everyone.' },
  ],
  source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings-remediate.html',
};

/** The guidance on access from outside, for every type. */
export function guidanceFor(resourceType: string, types: ResourceTypes = RESOURCE_TYPES): Guidance {
  const guidance = resourceTypeOf(resourceType, types)?.guidance ?? NEW_TYPE;
  return { ...guidance, steps: [WHERE_IT_IS_MADE, ...guidance.steps] };
}

export function unusedGuidance(findingType: string): UnusedGuidance {
  return (Object.hasOwn(UNUSED_GUIDANCE, findingType) ? UNUSED_GUIDANCE[findingType] : undefined) ?? NEW_UNUSED_GUIDANCE;
}

/** The fix, completing `In short: …`. */
export function fixInShort(resourceType: string): string {
  return guidanceFor(resourceType).inShort ?? 'remove the statement that lets them in, or have it name only those who need the access.';
}

/** How the owner of a resource sees who uses it: the first step of every fix. */
export function usageStep(resourceType: string, types: ResourceTypes = RESOURCE_TYPES): FixStep {
  return resourceTypeOf(resourceType, types)?.usage ?? USAGE;
}

/** The step that reads the policy of a resource; none for a type whose guidance has no such step. */
export function readPolicyStep(resourceType: string): readonly FixStep[] {
  const step = guidanceFor(resourceType).steps.find(({ commands = [] }) => commands.some((command) => READS_POLICY.test(command)));
  return step?.commands === undefined ? [] : [{ text: 'Read the policy of the resource:', commands: step.commands }];
}

const READS_POLICY = /^aws \S+ (?:get|describe)-\S*(?:policy|role|attributes)\b/;
