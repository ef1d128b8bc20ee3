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
      publicRisk: 'Anyone who invokes it has your code work for them, on your bill and with its permissions.',
      sharedRisk: 'An intruder in that account has your code work for them, with its permissions.',
      steps: [
        {
          isWithNext: true,
          text: 'Save the policy of the function; each statement has an id (Sid). Access Analyzer does not look at aliases and versions: add --qualifier for theirs.',
          commands: ['aws lambda get-policy --function-name {name} --query Policy --output text --region {region} > policy-before.json'],
        },
        {
          text: 'Add first what is still needed, for one account or service alone (leave out the last two options for an account), so that no call fails:',
          commands: [
            'aws lambda add-permission --function-name {name} --statement-id NEW_STATEMENT_ID --action lambda:InvokeFunction --principal ACCOUNT_OR_SERVICE --source-account {account} --source-arn SOURCE_ARN --region {region}',
          ],
        },
        // https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
        {
          when: 'public',
          text: 'A function URL has its own authorization. With AuthType NONE, it is open to the internet through two statements (lambda:InvokeFunctionUrl and lambda:InvokeFunction): remove both, or ask for signed requests, which stops every caller that does not sign. AuthType NONE undoes it:',
          commands: [
            'aws lambda get-function-url-config --function-name {name} --region {region}',
            'aws lambda update-function-url-config --function-name {name} --auth-type AWS_IAM --region {region}',
          ],
        },
        {
          text: 'Remove the statement that lets them in. To undo this, add it again as it stands in policy-before.json:',
          commands: ['aws lambda remove-permission --function-name {name} --statement-id STATEMENT_ID --region {region}'],
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
      publicRisk: 'Anyone who may use the layer can read all the code in it.',
      sharedRisk: 'An intruder in that account can read all the code in it.',
      steps: [
        {
          isWithNext: true,
          text: 'Save the policy of this version of the layer; each statement has an id (Sid), and each version its own policy:',
          commands: [
            'aws lambda get-layer-version-policy --layer-name {layer} --version-number {version} --query Policy --output text --region {region} > policy-before.json',
          ],
        },
        {
          text: 'Add first what is still needed, an account at a time:',
          commands: [
            'aws lambda add-layer-version-permission --layer-name {layer} --version-number {version} --statement-id NEW_STATEMENT_ID --action lambda:GetLayerVersion --principal ACCOUNT_ID --region {region}',
          ],
        },
        {
          text: 'Remove the statement that lets them in. To undo this, add it again as it stands in policy-before.json:',
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
