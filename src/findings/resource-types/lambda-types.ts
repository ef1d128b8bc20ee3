import type { ResourceTypes } from './resource-type.ts';
import { dataEvents } from './usage.ts';

export const LAMBDA_TYPES: ResourceTypes = {
  'AWS::Lambda::Function': {
    words: 'Lambda function',
    arn: { service: 'lambda', kind: 'function:' },
    exampleArn: 'arn:aws:lambda:eu-west-1:444455556666:function:webhook',
    usage: dataEvents('Invocations', 'The metric Invocations tells how often it ran, not for whom.'),
    securityHubType: 'AwsLambdaFunction',
    page: { address: 'https://{region}.{host}/lambda/home?region={region}#/functions/{name}', name: (rest) => rest.replace(/:.*$/s, '') },
    guidance: {
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
  },
  'AWS::Lambda::LayerVersion': {
    words: 'Lambda layer',
    arn: { service: 'lambda', kind: 'layer:' },
    exampleArn: 'arn:aws:lambda:eu-west-1:444455556666:layer:tools:3',
    usage: { text: 'Find out who uses it. Which functions of other accounts contain the layer is not visible to you: ask those accounts.' },
    securityHubType: 'AwsLambdaLayerVersion',
    values: (_, name) => layerValues(name),
    guidance: {
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
  },
};

function layerValues(name: string): Readonly<Record<string, string>> {
  const [layer = '', version = ''] = name.split(':');
  return { layer, version };
}
