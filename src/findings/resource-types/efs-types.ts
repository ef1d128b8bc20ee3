import type { ResourceTypes } from './resource-type.ts';
import { editPolicy } from './edit-policy.ts';

export const EFS_TYPES: ResourceTypes = {
  'AWS::EFS::FileSystem': {
    words: 'EFS file system',
    arn: { service: 'elasticfilesystem', kind: 'file-system/' },
    exampleArn: 'arn:aws:elasticfilesystem:eu-west-1:444455556666:file-system/fs-0123456789abcdef0',
    usage: {
      text: 'Find out who mounts it. Mounts without IAM authorization are not visible in CloudTrail; the metric ClientConnections shows whether there are any.',
    },
    page: { address: 'https://{region}.{host}/efs/home?region={region}#/file-systems/{name}' },
    guidance: {
      about: 'An EFS file system is a network drive',
      publicRisk: 'Anyone who reaches its network can mount it, and does not have to log in.',
      steps: [
        ...editPolicy({
          policy: 'file system policy',
          checkedAs: 'AWS::EFS::FileSystem',
          read: 'aws efs describe-file-system-policy --file-system-id {name} --query Policy --output text --region {region}',
          write: 'aws efs put-file-system-policy --file-system-id {name} --policy file://policy.json --region {region}',
          // https://docs.aws.amazon.com/efs/latest/ug/access-control-block-public-access.html
          effect:
            'A named principal has to mount with IAM authorization (-o tls,iam): clients that mount without are locked out. Where there are such clients, keep the "*" and add the condition "Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}, which lets in only networks with a mount target.',
        }),
        {
          text: 'Do not just delete the policy: without one, every client that reaches a mount target is let in. Look also at the mount targets: none belongs into a public subnet.',
          commands: ['aws efs describe-mount-targets --file-system-id {name} --region {region}'],
        },
      ],
      source: 'https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html',
    },
  },
};
