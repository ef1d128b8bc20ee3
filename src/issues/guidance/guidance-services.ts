import { editPolicy, type Guidance } from './fix-step.ts';

/*
 * Resources that do work or give further access: roles, keys, secrets, functions, queues. The page of an entry is the source of its special
 * facts.
 */

const ROLE: Guidance = {
  about: 'An IAM role is a set of permissions that others can put on',
  publicRisk: 'Whoever puts it on can do in your account whatever the role may do.',
  sharedRisk: 'Whoever gets hold of that account or identity provider can do in your account whatever the role may do.',
  steps: [
    {
      text: 'Save the trust policy of the role to a file and read it:',
      commands: ['aws iam get-role --role-name {name} --query Role.AssumeRolePolicyDocument > policy.json'],
    },
    {
      text: 'In policy.json, have each statement name only the accounts, roles or services that need to put the role on. For an identity provider, add conditions on its audience and subject (such as the one repository or group); for an account of another company, a condition on sts:ExternalId.',
    },
    {
      text: 'Put the trust policy back. IAM is the same in all Regions, so this mends what the analyzer of every Region reports:',
      commands: ['aws iam update-assume-role-policy --role-name {name} --policy-document file://policy.json'],
    },
    {
      text: 'If nobody needs the role, delete it. When it was last used:',
      commands: ['aws iam get-role --role-name {name} --query Role.RoleLastUsed'],
    },
  ],
  source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html',
};

const ARN_POLICY = (service: 'kinesis' | 'cloudtrail'): Parameters<typeof editPolicy>[0] => ({
  policy: 'resource policy',
  read: `aws ${service} get-resource-policy --resource-arn {arn} --query ${service === 'kinesis' ? 'Policy' : 'ResourcePolicy'} --output text --region {region}`,
  write: `aws ${service} put-resource-policy --resource-arn {arn} --${service === 'kinesis' ? 'policy' : 'resource-policy'} file://policy.json --region {region}`,
  remove: `aws ${service} delete-resource-policy --resource-arn {arn} --region {region}`,
});

export const SERVICE_GUIDANCE: Readonly<Record<string, Guidance>> = {
  'AWS::IAM::Role': ROLE,
  'AWS::IAM::AssumeRolePolicyDocument': ROLE,
  'AWS::KMS::Key': {
    about: 'A KMS key encrypts and decrypts other data',
    publicRisk: 'Whoever may decrypt with it reads all that it protects, once they get at the data.',
    sharedRisk: 'Whoever gets hold of that account can do with the key what is listed here, and read what it protects.',
    steps: [
      ...editPolicy({
        policy: 'key policy',
        read: 'aws kms get-key-policy --key-id {arn} --policy-name default --query Policy --output text --region {region}',
        write: 'aws kms put-key-policy --key-id {arn} --policy-name default --policy file://policy.json --region {region}',
      }),
      {
        text: 'If the key policy does not let them in, a grant does. List the grants, and revoke the one that is not needed:',
        commands: [
          'aws kms list-grants --key-id {arn} --region {region}',
          'aws kms revoke-grant --key-id {arn} --grant-id GRANT_ID --region {region}',
        ],
      },
    ],
    source: 'https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying.html',
  },
  'AWS::SecretsManager::Secret': {
    about: 'A secret holds a password, a token or a key of another system',
    publicRisk: 'It has to be taken for known: change it in the system that it opens.',
    sharedRisk: 'Whoever gets hold of that account gets what the secret opens, too.',
    steps: [
      ...editPolicy({
        policy: 'resource policy',
        read: 'aws secretsmanager get-resource-policy --secret-id {arn} --query ResourcePolicy --output text --region {region}',
        write:
          'aws secretsmanager put-resource-policy --secret-id {arn} --resource-policy file://policy.json --block-public-policy --region {region}',
        remove: 'aws secretsmanager delete-resource-policy --secret-id {arn} --region {region}',
      }),
      {
        when: 'public',
        text: 'Change the secret. Where rotation is set up, this does it; where not, change it by hand in the system that it opens:',
        commands: ['aws secretsmanager rotate-secret --secret-id {arn} --region {region}'],
      },
    ],
    source: 'https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html',
  },
  'AWS::Lambda::Function': {
    about: 'A Lambda function runs your code, with the permissions of its role',
    publicRisk: 'Whoever invokes it has your code work for them, on your bill and with its permissions.',
    sharedRisk: 'Whoever gets hold of that account has your code work for them, with its permissions.',
    steps: [
      {
        text: 'Read the policy of the function. Each statement has an id (Sid). Access Analyzer does not look at aliases and versions, so look at their policies, too:',
        commands: ['aws lambda get-policy --function-name {name} --query Policy --output text --region {region}'],
      },
      {
        text: 'Remove the statement that lets them in:',
        commands: ['aws lambda remove-permission --function-name {name} --statement-id STATEMENT_ID --region {region}'],
      },
      {
        text: 'If an AWS service has to invoke it, add the permission again for that service alone, with --source-account {account} and the --source-arn of what calls it. If it has a function URL without authentication, this tells:',
        commands: ['aws lambda get-function-url-config --function-name {name} --region {region}'],
      },
    ],
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html',
  },
  'AWS::Lambda::LayerVersion': {
    about: 'A Lambda layer holds code that functions share',
    publicRisk: 'Whoever may use the layer can read all the code in it.',
    sharedRisk: 'Whoever gets hold of that account can read all the code in it.',
    steps: [
      {
        text: 'Read the policy of this version of the layer. Each statement has an id (Sid):',
        commands: [
          'aws lambda get-layer-version-policy --layer-name {layer} --version-number {version} --query Policy --output text --region {region}',
        ],
      },
      {
        text: 'Remove the statement that lets them in. Each version of a layer has a policy of its own:',
        commands: [
          'aws lambda remove-layer-version-permission --layer-name {layer} --version-number {version} --statement-id STATEMENT_ID --region {region}',
        ],
      },
    ],
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/permissions-layer-cross-account.html',
  },
  'AWS::SQS::Queue': {
    about: 'A queue carries messages between services',
    publicRisk: 'Whoever can read it takes your messages away, and whoever can send has your services work on theirs.',
    steps: [
      {
        text: 'Find the address of the queue, and read its policy:',
        commands: [
          'aws sqs get-queue-url --queue-name {name} --queue-owner-aws-account-id {account} --region {region}',
          'aws sqs get-queue-attributes --queue-url QUEUE_URL --attribute-names Policy --query Attributes.Policy --output text --region {region} > policy.json',
        ],
      },
      {
        text: 'In policy.json, delete the statements that let them in, or have them name only the accounts and roles that need it. Where an AWS service sends, keep it and add conditions on aws:SourceArn and aws:SourceAccount.',
      },
      {
        text: 'Put the policy back. In attributes.json stands {"Policy": "…"}, the policy as a text:',
        commands: [
          "jq -Rs '{Policy: .}' policy.json > attributes.json",
          'aws sqs set-queue-attributes --queue-url QUEUE_URL --attributes file://attributes.json --region {region}',
        ],
      },
    ],
    source: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-examples-of-sqs-policies.html',
  },
  'AWS::SNS::Topic': {
    about: 'A topic sends each message to all who subscribed to it',
    publicRisk: 'Whoever subscribes reads along, and whoever publishes speaks in your name.',
    steps: [
      ...editPolicy({
        policy: 'topic policy',
        read: 'aws sns get-topic-attributes --topic-arn {arn} --query Attributes.Policy --output text --region {region}',
        write:
          'aws sns set-topic-attributes --topic-arn {arn} --attribute-name Policy --attribute-value file://policy.json --region {region}',
      }),
      {
        text: 'Look who has subscribed already: a subscription stays when the policy changes.',
        commands: ['aws sns list-subscriptions-by-topic --topic-arn {arn} --region {region}'],
      },
    ],
    source: 'https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html',
  },
  'AWS::ApiGateway::RestApi': {
    about: 'A REST API is a way into your services from outside',
    publicRisk: 'Whoever knows its address can call what stands behind it, unless the methods ask for a login themselves.',
    steps: [
      {
        text: 'Read the resource policy of the API:',
        commands: ['aws apigateway get-rest-api --rest-api-id {name} --query policy --output text --region {region}'],
      },
      {
        text: 'Change it in the console under Resource policy: have it name only the accounts, networks or VPC endpoints that need the API.',
      },
      {
        text: 'Deploy the API again. A changed policy counts only then:',
        commands: ['aws apigateway create-deployment --rest-api-id {name} --stage-name STAGE_NAME --region {region}'],
      },
    ],
    source: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-create-attach.html',
  },
  'AWS::Kinesis::Stream': {
    about: 'A Kinesis stream carries data as it is made',
    publicRisk: 'Whoever reads it sees all that passes, and whoever writes has your services work on theirs.',
    steps: editPolicy(ARN_POLICY('kinesis')),
    source: 'https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html',
  },
  'AWS::Kinesis::StreamConsumer': {
    about: 'A consumer of a Kinesis stream is a way to read all that passes',
    publicRisk: 'Whoever uses it sees what is written to the stream, as it is written.',
    steps: editPolicy(ARN_POLICY('kinesis')),
    source: 'https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html',
  },
  'AWS::CloudTrail::EventDataStore': {
    about: 'An event data store holds the log of who did what in AWS',
    publicRisk: 'Whoever reads it knows your accounts, names and habits.',
    steps: editPolicy(ARN_POLICY('cloudtrail')),
    source: 'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/security_iam_resource-based-policy-examples.html',
  },
  'AWS::CloudTrail::Dashboard': {
    about: 'A CloudTrail dashboard shows figures from the log of who did what in AWS',
    publicRisk: 'Whoever sees it knows your accounts, names and habits.',
    steps: editPolicy(ARN_POLICY('cloudtrail')),
    source: 'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/security_iam_resource-based-policy-examples.html',
  },
  'AWS::OpenSearchService::Domain': {
    about: 'An OpenSearch domain is a search engine with the data in it',
    publicRisk: 'What could be read has to be taken for copied, and what could be written may have been changed.',
    steps: editPolicy({
      policy: 'access policy',
      read: 'aws opensearch describe-domain-config --domain-name {name} --query DomainConfig.AccessPolicies.Options --output text --region {region}',
      write: 'aws opensearch update-domain-config --domain-name {name} --access-policies file://policy.json --region {region}',
    }),
    source: 'https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html',
  },
};
