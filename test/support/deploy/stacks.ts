import { resolveTemplate, type ResolvedStack } from './resolve-template.ts';
import { readTemplate, type TemplateName } from './read-template.ts';

const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:jira-AbCdEf';

/** What the hub needs to run the service. */
const HUB = {
  Image: '111122223333.dkr.ecr.eu-central-1.amazonaws.com/findings-to-jira:0.1.0',
  JiraBaseUrl: 'https://example.atlassian.net',
  JiraEmail: 'bot@example.com',
  JiraTokenSecretArn: SECRET,
  AdminTokensSecretArn: SECRET,
  VpcId: 'vpc-1',
  SubnetIds: 'subnet-1,subnet-2',
};

const MEMBER = { TaskRoleArn: 'arn:aws:iam::111122223333:role/findings-to-jira-task' };

/** Everything that can be chosen for the hub. */
const ALL = {
  ImageRepositoryArn: 'arn:aws:ecr:eu-central-1:111122223333:repository/findings-to-jira',
  AnalyzerRegions: 'eu-central-1,us-east-1',
  OrganizationId: 'o-abcdefghij',
  ActorRoleName: 'findings-to-jira-actor',
  OwnerRoleName: 'findings-to-jira-owner',
  AdminCidr: '10.0.0.0/8',
  ProxyHost: 'proxy.example.com',
  ProxyPort: '8443',
  NoProxy: '.amazonaws.com,10.0.0.0/8',
  AlarmEmail: 'team@example.com',
};

interface Stack {
  readonly template: TemplateName;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Stacks that take every way through the conditions of the templates. */
export const STACKS = {
  'region: of the hub': {
    template: 'region',
    parameters: { HubRegion: 'eu-central-1', AnalyzerType: 'ORGANIZATION', UnusedAccessRegion: 'eu-central-1', AlarmEmail: ALL.AlarmEmail },
  },
  'region: elsewhere': { template: 'region', parameters: { HubRegion: 'us-east-1' } },
  'hub: fargate with all': { template: 'hub', parameters: { ...HUB, ...ALL } },
  'hub: fargate with the least': { template: 'hub', parameters: HUB },
  'hub: instance with all': { template: 'hub', parameters: { ...HUB, ...ALL, Profile: 'instance', InstanceSubnetId: 'subnet-1' } },
  'hub: instance with the least': { template: 'hub', parameters: { ...HUB, Profile: 'instance', InstanceSubnetId: 'subnet-1' } },
  'hub: without the service': { template: 'hub', parameters: { Profile: 'none' } },
  'member: both roles': { template: 'member', parameters: MEMBER },
  'member: only owners': { template: 'member', parameters: { ...MEMBER, ActorRoleName: '' } },
  'member: only actors': { template: 'member', parameters: { ...MEMBER, OwnerRoleName: '' } },
  'archive: with all': {
    template: 'archive',
    parameters: {
      Regions: 'eu-central-1,us-east-1',
      ObjectLockDays: '365',
      ExpireAfterDays: '400',
      AlarmTopicArn: 'arn:aws:sns:eu-central-1:111122223333:alarms',
    },
  },
  'archive: with the least': { template: 'archive', parameters: { Regions: 'eu-central-1' } },
} as const satisfies Record<string, Stack>;

export type StackName = keyof typeof STACKS;

const resolved = new Map<StackName, ResolvedStack>();

/** A stack of the repository's own template; each is resolved once. */
export function stackOf(name: StackName): ResolvedStack {
  const { template, parameters } = STACKS[name];
  const stack = resolved.get(name) ?? resolveTemplate(readTemplate(template), parameters);
  resolved.set(name, stack);
  return stack;
}

export const STACK_NAMES: readonly StackName[] = Object.keys(STACKS).filter((name): name is StackName => Object.hasOwn(STACKS, name));
