import { PERSON_ACCOUNT, SERVICE_ACCOUNT } from './sandbox-accounts.ts';

/** Somebody whom the simulated Jira knows. */
export interface SandboxPerson {
  readonly accountId: string;
  readonly displayName: string;
  readonly email: string;
  readonly active: boolean;
  /** Most people hide their address: they are found by it, and it is not shown. */
  readonly showsEmail: boolean;
  /** Keys of the projects in which they may be given issues; null: all. */
  readonly assignableIn: readonly string[] | null;
}

/** How a person differs from an active one who hides the address and may be given every issue. */
export type PersonOptions = Pick<SandboxPerson, 'accountId' | 'displayName' | 'email'> &
  Partial<Pick<SandboxPerson, 'active' | 'showsEmail' | 'assignableIn'>>;

/** Those who are given, and the two accounts that may sign in. */
export function sandboxPeople(more: readonly PersonOptions[]): readonly SandboxPerson[] {
  return [SERVICE_ACCOUNT, PERSON_ACCOUNT, ...more].map((options) => {
    const { accountId, displayName, email } = options;
    const { active = true, showsEmail = false, assignableIn = null }: Partial<PersonOptions> = options;
    return { accountId, displayName, email, active, showsEmail, assignableIn };
  });
}

/** Whoever is called so, by the beginning of the address or of a word of the name. */
export function isCalled({ email, displayName }: SandboxPerson, query: string): boolean {
  const raw = query.toLowerCase();
  return [email, displayName, ...displayName.split(' ')].some((name) => name.toLowerCase().startsWith(raw));
}

export function mayBeAssigned({ active, assignableIn }: SandboxPerson, projectKey: string): boolean {
  return active && (assignableIn === null || assignableIn.includes(projectKey));
}
