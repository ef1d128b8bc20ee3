import { LOST_DATA } from './data-risk.ts';
import type { ResourceTypes } from './resource-type.ts';
import { editPolicy } from './edit-policy.ts';

export const OPEN_SEARCH_TYPES: ResourceTypes = {
  'AWS::OpenSearchService::Domain': {
    words: 'OpenSearch domain',
    arn: { service: 'es', kind: 'domain/' },
    exampleArn: 'arn:aws:es:eu-west-1:444455556666:domain/search',
    guidance: {
      about: 'An OpenSearch domain is a search engine with the data in it',
      publicRisk: LOST_DATA,
      steps: editPolicy({
        policy: 'access policy',
        checkedAs: 'AWS::OpenSearchService::Domain',
        read: 'aws opensearch describe-domain-config --domain-name {name} --query DomainConfig.AccessPolicies.Options --output text --region {region}',
        write: 'aws opensearch update-domain-config --domain-name {name} --access-policies file://policy.json --region {region}',
      }),
      source: 'https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html',
    },
  },
};
