import type { ResourceTypes } from './resource-type.ts';
import { editPolicy } from './edit-policy.ts';

export const CODE_ARTIFACT_TYPES: ResourceTypes = {
  'AWS::CodeArtifact::Domain': {
    words: 'CodeArtifact domain',
    arn: { service: 'codeartifact', kind: 'domain/' },
    exampleArn: 'arn:aws:codeartifact:eu-west-1:444455556666:domain/company',
    guidance: {
      about: 'A CodeArtifact domain holds the packages that your builds use',
      publicRisk: 'Packages hold code, and anyone who can publish puts their own code into what you build.',
      steps: editPolicy({
        policy: 'domain policy',
        checkedAs: 'AWS::CodeArtifact::Domain',
        read: 'aws codeartifact get-domain-permissions-policy --domain {name} --domain-owner {account} --query policy.document --output text --region {region}',
        write:
          'aws codeartifact put-domain-permissions-policy --domain {name} --domain-owner {account} --policy-document file://policy.json --region {region}',
        remove: 'aws codeartifact delete-domain-permissions-policy --domain {name} --domain-owner {account} --region {region}',
      }),
      source: 'https://docs.aws.amazon.com/codeartifact/latest/ug/domain-policies.html',
    },
  },
};
