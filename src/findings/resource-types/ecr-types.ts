import type { ResourceTypes } from './resource-type.ts';
import { editPolicy } from './edit-policy.ts';
import { eventsNamed } from './usage.ts';

export const ECR_TYPES: ResourceTypes = {
  'AWS::ECR::Repository': {
    words: 'ECR repository',
    arn: { service: 'ecr', kind: 'repository/' },
    exampleArn: 'arn:aws:ecr:eu-west-1:444455556666:repository/team/api',
    usage: eventsNamed('pulled images', 'BatchGetImage'),
    securityHubType: 'AwsEcrRepository',
    page: { address: 'https://{region}.{host}/ecr/repositories/private/{account}/{name}?region={region}' },
    guidance: {
      about: 'A repository holds the container images that your services run',
      publicRisk: 'Images hold code and often secrets, and anyone who can push puts their own code into what you run.',
      steps: editPolicy({
        policy: 'repository policy',
        read: 'aws ecr get-repository-policy --repository-name {name} --query policyText --output text --region {region}',
        write: 'aws ecr set-repository-policy --repository-name {name} --policy-text file://policy.json --region {region}',
        remove: 'aws ecr delete-repository-policy --repository-name {name} --region {region}',
      }),
      source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/set-repository-policy.html',
    },
  },
};
