import { checkCommand } from './edit-policy.ts';
import type { ResourceTypes } from './resource-type.ts';
import { afterLastSlash } from './arn-words.ts';

export const API_GATEWAY_TYPES: ResourceTypes = {
  'AWS::ApiGateway::RestApi': {
    words: 'REST API',
    arn: { service: 'apigateway', kind: '/restapis/', name: afterLastSlash },
    exampleArn: 'arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5',
    guidance: {
      about: 'A REST API is a way into your services from outside',
      publicRisk: 'Anyone who knows its address can call what stands behind it, unless the methods ask for a login themselves.',
      steps: [
        {
          isWithNext: true,
          text: 'Save the resource policy of the API, to go back to:',
          commands: [
            'aws apigateway get-rest-api --rest-api-id {name} --query policy --output text --region {region} > policy-before.json',
          ],
        },
        {
          text: 'Write the new policy to policy.json: have it name only the accounts, networks or VPC endpoints that need the API. Enter it in the console under Resource policy once the check says PASS (not public):',
          commands: [checkCommand('AWS::ApiGateway::RestApi')],
        },
        {
          text: 'Deploy the API again. A changed policy counts only then:',
          commands: ['aws apigateway create-deployment --rest-api-id {name} --stage-name STAGE_NAME --region {region}'],
        },
      ],
      source: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-create-attach.html',
    },
  },
};
