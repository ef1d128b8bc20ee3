import type { IssueRoute } from '../issue-route.ts';

/** Whose the resource is, and what says so; empty: not known. */
export function ownerWords(owner: IssueRoute['owner']): string {
  return owner === undefined ? '' : `${owner.name} (${sourceWords(owner)})`;
}

function sourceWords({ source, from }: NonNullable<IssueRoute['owner']>): string {
  switch (source) {
    case 'resource-tag':
      return `tag ${from} of the resource`;
    case 'account-tag':
      return `tag ${from} of the account`;
    case 'account-map':
      return 'owns the account';
    case 'actor':
      return 'made the change';
    case 'security-contact':
      return 'security contact of the account';
    default:
      return source satisfies never;
  }
}
