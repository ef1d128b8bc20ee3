import { editPolicy, type FixStep } from './fix-step.ts';

export const BUCKET_POLICY = {
  policy: 'bucket policy',
  read: 'aws s3api get-bucket-policy --bucket {name} --query Policy --output text --region {region}',
  write: 'aws s3api put-bucket-policy --bucket {name} --policy file://policy.json --region {region}',
  remove: 'aws s3api delete-bucket-policy --bucket {name} --region {region}',
};

export const OWN_ACCESS_POINT: readonly FixStep[] = editPolicy({
  policy: 'access point policy',
  read: 'aws s3control get-access-point-policy --account-id {account} --name {name} --query Policy --output text --region {region}',
  write: 'aws s3control put-access-point-policy --account-id {account} --name {name} --policy file://policy.json --region {region}',
  remove: 'aws s3control delete-access-point-policy --account-id {account} --name {name} --region {region}',
});
