import type { ProblemCode } from './problem-codes.ts';

/** Each may do what the ones before it may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Whose token it was. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null on routes that anyone may call. */
    caller: Caller | null;
  }
  interface FastifyContextConfig {
    /** Who may call the route: a role, or `anyone` without a token. Every route says so, or the server does not start. */
    access?: Role | 'anyone';
    /** The route needs Jira: a late answer is Jira's. */
    asksJira?: boolean;
    /** Errors of the route besides those that every route may answer. */
    problems?: readonly ProblemCode[];
  }
}

/** Whether a role may do what another one is needed for. */
export function mayAct(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
