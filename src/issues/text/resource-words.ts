/**
 * The common names of resource types.
 * Sources of the list: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html and, for the types that are only
 * checked for public access, https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoPublicAccess.html
 */
const WORDS: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'S3 bucket',
  'AWS::S3::AccessPoint': 'S3 access point',
  'AWS::S3::MultiRegionAccessPoint': 'S3 multi-Region access point',
  'AWS::S3::Glacier': 'Glacier vault',
  'AWS::S3Express::DirectoryBucket': 'S3 directory bucket',
  'AWS::S3Express::AccessPoint': 'access point of an S3 directory bucket',
  'AWS::S3Outposts::Bucket': 'S3 bucket on Outposts',
  'AWS::S3Outposts::AccessPoint': 'S3 access point on Outposts',
  'AWS::S3Tables::TableBucket': 'S3 table bucket',
  'AWS::S3Tables::Table': 'S3 table',
  'AWS::IAM::Role': 'IAM role',
  'AWS::IAM::AssumeRolePolicyDocument': 'IAM role',
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
  'AWS::Kinesis::Stream': 'Kinesis stream',
  'AWS::Kinesis::StreamConsumer': 'consumer of a Kinesis stream',
  'AWS::ApiGateway::RestApi': 'REST API',
  'AWS::Backup::BackupVault': 'backup vault',
  'AWS::CodeArtifact::Domain': 'CodeArtifact domain',
  'AWS::CloudTrail::Dashboard': 'CloudTrail dashboard',
  'AWS::CloudTrail::EventDataStore': 'CloudTrail event data store',
  'AWS::OpenSearchService::Domain': 'OpenSearch domain',
};

/** `S3 bucket` for `AWS::S3::Bucket`; a type that AWS adds later reads as `Service Thing`. */
export function resourceWords(resourceType: string): string {
  const known = Object.hasOwn(WORDS, resourceType) ? WORDS[resourceType] : undefined;
  return known ?? (resourceType.replace(/^AWS::/, '').replaceAll('::', ' ') || 'resource');
}
