import { dirname } from 'node:path';
import { filesUnder, textOf } from '../docs/read-docs.ts';

/** How the clients of the AWS SDK are called in IAM, where the two names differ. */
const PREFIXES: Readonly<Record<string, string>> = {
  accessanalyzer: 'access-analyzer',
  'resource-groups-tagging-api': 'tag',
};

/** Calls that everyone may make. Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
const WITHOUT_RIGHT = ['sts:GetCallerIdentity'];

/** One call of the service to AWS. */
export interface AwsCall {
  /** The right that it needs, such as `sqs:ReceiveMessage`. */
  readonly action: string;
  readonly file: string;
}

/**
 * Every call of the service to AWS: the commands of the AWS SDK in `src`, the simulators left out.
 * Several operations share a right: the batch forms of SQS, and the second versions of Access Analyzer.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 * @throws when a command comes from no client that the file imports
 */
export function awsCalls(): readonly AwsCall[] {
  const files = filesUnder('src').filter((file) => file.endsWith('.ts') && !file.startsWith('src/sandbox/'));
  return files.flatMap((file) => callsIn(textOf(file), file));
}

export function callsIn(text: string, file: string): readonly AwsCall[] {
  const imports = [...text.matchAll(/^import (?:type )?\{([^}]*)\} from '@aws-sdk\/client-([a-z-]+)'/gm)];
  const taken = [...text.matchAll(/\{([^{}]*)\} = await import\('@aws-sdk\/client-([a-z-]+)'\)/g)];
  const loaded = [...text.matchAll(/import\('@aws-sdk\/client-([a-z-]+)'\)/g)].map(([, client = '']) => client);
  const clientOf = new Map(
    [...imports, ...taken].flatMap(([, names = '', client = '']) =>
      names.split(',').map((name): [string, string] => [name.trim().replace(/^type /, ''), client]),
    ),
  );
  const commands = [...text.matchAll(/\bnew (?:\w+\.)?([A-Z]\w*)Command\(|\bpaginate([A-Z]\w*)\(/g)];
  return commands.flatMap(([, command = '', pages = '']) => {
    const name = command === '' ? `paginate${pages}` : `${command}Command`;
    const [only, another] = loaded;
    const client = clientOf.get(name) ?? (another === undefined ? only : undefined);
    if (client === undefined) throw new Error(`${file}: ${name} comes from no client that the file imports`);
    const operation = (command === '' ? pages : command).replace(/(?:V2|Batch)$/, '');
    const action = `${PREFIXES[client] ?? client}:${operation}`;
    return WITHOUT_RIGHT.includes(action) ? [] : [{ action, file }];
  });
}

/**
 * What the optional parts of the service call in AWS. A build may leave a part out; the templates have the rights for it all the same,
 * for those who name its role.
 */
export const PARTS: Readonly<Record<string, readonly string[]>> = {
  'src/parts/actor': ['sts:AssumeRole', 'cloudtrail:LookupEvents'],
  'src/parts/owner': [
    'sts:AssumeRole',
    'tag:GetResources',
    'iam:ListRoleTags',
    'iam:ListUserTags',
    'organizations:ListTagsForResource',
    'account:GetAlternateContact',
  ],
};

/** Rights that the calls need, each once and sorted. Where a part is left out, what it would call. */
export function calledActions(): readonly string[] {
  const calls = awsCalls();
  const folders = new Set(filesUnder('src').map((file) => dirname(file)));
  const absent = Object.entries(PARTS).flatMap(([part, actions]) => (folders.has(part) ? [] : actions));
  return [...new Set([...calls.map(({ action }) => action), ...absent])].toSorted();
}
