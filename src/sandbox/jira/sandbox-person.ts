import { PERSON_ACCOUNT, SERVICE_ACCOUNT } from './sandbox-accounts.ts';

/** A user of the simulated Jira. */
export interface SandboxPerson {
  readonly accountId: string;
  readonly displayName: string;
  readonly email: string;
  readonly active: boolean;
  /** Most people hide their address: a search finds them by it, but it is not shown. */
  readonly showsEmail: boolean;
  /** Keys of the projects in which issues may be assigned to the person; null: all. */
  readonly assignableIn: readonly string[] | null;
}

/** A person; by default active, with a hidden address, and assignable in every project. */
export type PersonOptions = Pick<SandboxPerson, 'accountId' | 'displayName' | 'email'> &
  Partial<Pick<SandboxPerson, 'active' | 'showsEmail' | 'assignableIn'>>;

/** The given people, and the two accounts that can sign in. */
export function sandboxPeople(more: readonly PersonOptions[]): readonly SandboxPerson[] {
  return [SERVICE_ACCOUNT, PERSON_ACCOUNT, ...more].map((options) => {
    const { accountId, displayName, email } = options;
    const { active = true, showsEmail = false, assignableIn = null }: Partial<PersonOptions> = options;
    return { accountId, displayName, email, active, showsEmail, assignableIn };
  });
}

/** Whether the query is the beginning of the address, of the name or of a word of the name. */
export function isCalled({ email, displayName }: SandboxPerson, query: string): boolean {
  const raw = query.toLowerCase();
  return [email, displayName, ...displayName.split(' ')].some((name) => name.toLowerCase().startsWith(raw));
}

export function mayBeAssigned({ active, assignableIn }: SandboxPerson, projectKey: string): boolean {
  return active && (assignableIn === null || assignableIn.includes(projectKey));
}
