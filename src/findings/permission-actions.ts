/**
 * The actions that AWS itself puts under "Permissions management", by the prefix of the service, in AWS's spelling. The services are those of
 * the resource types that Access Analyzer knows, and `iam` and `sts`, whose actions stand in policies of roles; an empty list says that AWS
 * names none.
 * Source, as of June 2026: the pages by service of
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const PERMISSION_ACTIONS: Readonly<Record<string, string>> = {
  apigateway: `
    AddCertificateToDomain CreateAccessAssociation DeletePortalProductSharingPolicy PutPortalProductSharingPolicy
    RejectAccessAssociation RemoveCertificateFromDomain SetWebACL UpdateDomainNameManagementPolicy UpdateDomainNamePolicy
    UpdateRestApiPolicy`,
  backup: `
    DeleteBackupVaultAccessPolicy DeleteBackupVaultSharingPolicy ListIndexedRecoveryPointsForSearch PutBackupVaultAccessPolicy
    PutBackupVaultSharingPolicy SearchRecoveryPoint`,
  cloudtrail: '',
  codeartifact: 'DeleteDomainPermissionsPolicy DeleteRepositoryPermissionsPolicy',
  dynamodb: 'DeleteResourcePolicy PutResourcePolicy UpdateAbacStatus',
  ebs: '',
  ec2: `
    AttachApplianceToNatGateway AttachResourcesToPlacementGroup CancelImageLaunchPermission CreateCoipPoolPermission
    CreateLocalGatewayRouteTablePermission CreateNetworkInterfacePermission CreateOdbNetworkPeering DeleteCoipPoolPermission
    DeleteLocalGatewayRouteTablePermission DeleteNetworkInterfacePermission DeleteOdbNetworkPeering DeleteResourcePolicy
    DetachApplianceFromNatGateway DetachResourcesFromPlacementGroup DisableImageBlockPublicAccess DisableSnapshotBlockPublicAccess
    EnableImageBlockPublicAccess EnableSnapshotBlockPublicAccess ModifyOdbNetworkPeering ModifySnapshotAttribute
    ModifyVpcEndpointServicePermissions PutResourcePolicy ResetSnapshotAttribute`,
  ecr: 'DeleteRegistryPolicy DeleteRepositoryPolicy PutRegistryPolicy SetRepositoryPolicy',
  elasticfilesystem: 'DeleteFileSystemPolicy PutFileSystemPolicy',
  es: '',
  'execute-api': '',
  glacier: 'AbortVaultLock CompleteVaultLock DeleteVaultAccessPolicy InitiateVaultLock SetDataRetrievalPolicy SetVaultAccessPolicy',
  iam: `
    AttachGroupPolicy AttachRolePolicy AttachUserPolicy CreatePolicy CreatePolicyVersion DeleteAccountPasswordPolicy
    DeleteGroupPolicy DeletePolicy DeletePolicyVersion DeleteRolePermissionsBoundary DeleteRolePolicy DeleteUserPermissionsBoundary
    DeleteUserPolicy DetachGroupPolicy DetachRolePolicy DetachUserPolicy PutGroupPolicy PutRolePermissionsBoundary PutRolePolicy
    PutUserPermissionsBoundary PutUserPolicy SetDefaultPolicyVersion UpdateAssumeRolePolicy`,
  kinesis: '',
  kms: 'CreateGrant PutKeyPolicy RetireGrant RevokeGrant',
  lambda: 'AddLayerVersionPermission AddPermission DisableReplication EnableReplication RemoveLayerVersionPermission RemovePermission',
  opensearch: 'ApplicationAccessAll',
  rds: 'AuthorizeDBSecurityGroupIngress',
  s3: `
    AssociateAccessGrantsIdentityCenter BypassGovernanceRetention CreateAccessGrant CreateAccessGrantsInstance
    CreateAccessGrantsLocation DeleteAccessGrant DeleteAccessGrantsInstance DeleteAccessGrantsInstanceResourcePolicy
    DeleteAccessGrantsLocation DeleteAccessPointPolicy DeleteAccessPointPolicyForObjectLambda DeleteBucketPolicy
    DissociateAccessGrantsIdentityCenter ObjectOwnerOverrideToBucketOwner PutAccessGrantsInstanceResourcePolicy PutAccessPointPolicy
    PutAccessPointPolicyForObjectLambda PutAccessPointPublicAccessBlock PutAccountPublicAccessBlock PutBucketAcl
    PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock PutMultiRegionAccessPointPolicy PutObjectAcl
    PutObjectVersionAcl UpdateAccessGrantsLocation`,
  's3-object-lambda': 'PutObjectAcl PutObjectVersionAcl',
  's3-outposts': 'DeleteAccessPointPolicy DeleteBucketPolicy PutAccessPointPolicy PutBucketPolicy PutObjectAcl',
  s3express: 'DeleteAccessPointPolicy DeleteAccessPointScope DeleteBucketPolicy PutAccessPointPolicy PutAccessPointScope PutBucketPolicy',
  s3tables: 'DeleteTableBucketPolicy DeleteTablePolicy PutTableBucketPolicy PutTablePolicy',
  secretsmanager: 'DeleteResourcePolicy PutResourcePolicy ValidateResourcePolicy',
  sns: 'AddPermission RemovePermission SetTopicAttributes',
  sqs: 'AddPermission RemovePermission',
  sts: '',
};

/**
 * Actions that decide who has access, too, although AWS puts them under "Write": each can set the policy of a resource, or share a snapshot.
 */
export const ALSO_PERMISSION_ACTIONS: Readonly<Record<string, string>> = {
  cloudtrail: 'DeleteResourcePolicy PutResourcePolicy',
  codeartifact: 'PutDomainPermissionsPolicy PutRepositoryPermissionsPolicy',
  es: 'UpdateDomainConfig UpdateElasticsearchDomainConfig',
  kinesis: 'DeleteResourcePolicy PutResourcePolicy',
  rds: 'ModifyDBClusterSnapshotAttribute ModifyDBSnapshotAttribute',
  sqs: 'SetQueueAttributes',
};
