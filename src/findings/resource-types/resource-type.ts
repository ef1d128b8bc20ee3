import type { FixCase, FixStep, Guidance } from './fix-step.ts';

/** All that the service knows about one type of resource. Everything that treats types differently reads it here. */
export interface ResourceType {
  /** Its common name, after an article: `S3 bucket`. */
  readonly words: string;
  readonly arn: ArnForm;
  /** Such an ARN, as AWS writes it. The tests of every type start from it. */
  readonly exampleArn: string;
  /** How its owner sees who uses it: the first step of every fix; absent: the general words fit. */
  readonly usage?: FixStep;
  /** It is shared by attributes and has no policy. */
  readonly isWithoutPolicy?: true;
  /** Its page in the console; absent: no page has kept its address for years. */
  readonly page?: ConsolePage;
  /** How to take away access from outside; absent: Access Analyzer reports no such access to it. */
  readonly guidance?: Guidance;
  /**
   * Gives further access or holds all data, so that read access is as bad as write access: roles are assumed, keys decrypt, secrets are
   * passwords, and a snapshot is a whole disk or database.
   */
  readonly isMasterKey?: true;
  /** Principals assume it, in place of reading or writing it. */
  readonly isAssumed?: true;
  /** AWS tells, on request, what grants access to it. */
  readonly hasSources?: true;
  /** Cases of guidance that apply to it by its type. */
  readonly cases?: readonly FixCase[];
  /** Changes of its access that AWS sees later than others. One sentence. */
  readonly seenLate?: string;
  /** Its name in Security Hub; absent: Security Hub has none of its own. */
  readonly securityHubType?: string;
  /** Further values for the commands of its guidance, by name. @param name the name that people use */
  readonly values?: (arn: string, name: string) => Readonly<Record<string, string>>;
}

/** By AWS's name of the type: `AWS::S3::Bucket`. */
export type ResourceTypes = Readonly<Record<string, ResourceType>>;

/**
 * The form of the ARNs of a type.
 * Source of the forms: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export interface ArnForm {
  /** As in the ARN: `elasticfilesystem`. */
  readonly service: string;
  /** What precedes the name in the last part of the ARN: `file-system/`. Empty: nothing does. */
  readonly kind: string;
  /** The name that people use, from the last part of the ARN without its kind; absent: all of it. */
  readonly name?: (rest: string) => string;
}

/** A page of the console. */
export interface ConsolePage {
  /** `{host}` is the console's, `{name}`, `{arn}`, `{account}` and `{region}` the resource's. */
  readonly address: string;
  /**
   * The name as the page takes it, from the last part of the ARN without its kind, which may say more (a version, an index); absent: the
   * name that people use.
   * @returns null if the ARN leaves it open
   */
  readonly name?: (rest: string) => string | null;
}
