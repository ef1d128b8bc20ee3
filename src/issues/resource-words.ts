/**
 * What people call a resource type.
 * Source of the list: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html
 */
const WORDS: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'S3 bucket',
  'AWS::S3Express::DirectoryBucket': 'S3 directory bucket',
  'AWS::IAM::Role': 'IAM role',
  'AWS::IAM::User': 'IAM user',
  'AWS::KMS::Key': 'KMS key',
  'AWS::Lambda::Function': 'Lambda function',
  'AWS::Lambda::LayerVersion': 'Lambda layer',
  'AWS::SQS::Queue': 'SQS queue',
  'AWS::SecretsManager::Secret': 'secret',
  'AWS::SNS::Topic': 'SNS topic',
  'AWS::EC2::Snapshot': 'EBS snapshot',
  'AWS::RDS::DBSnapshot': 'RDS snapshot',
  'AWS::RDS::DBClusterSnapshot': 'RDS cluster snapshot',
  'AWS::ECR::Repository': 'ECR repository',
  'AWS::EFS::FileSystem': 'EFS file system',
  'AWS::DynamoDB::Table': 'DynamoDB table',
  'AWS::DynamoDB::Stream': 'DynamoDB stream',
};

/** `S3 bucket` for `AWS::S3::Bucket`; a type that AWS adds later reads as `Service Thing`. */
export function resourceWords(resourceType: string): string {
  const known = Object.hasOwn(WORDS, resourceType) ? WORDS[resourceType] : undefined;
  return known ?? (resourceType.replace(/^AWS::/, '').replaceAll('::', ' ') || 'resource');
}
