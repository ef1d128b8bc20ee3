import type { ProblemCode } from './problem-codes.ts';

/** Each role includes the rights of those before it. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** The owner of the token of a request. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Null on routes that anyone may call. */
    caller: Caller | null;
  }
  interface FastifyContextConfig {
    /** The role that may call the route, or `anyone` without a token. The server does not start while a route lacks it. */
    access?: Role | 'anyone';
    /** For orchestrators and Prometheus. */
    isProbe?: boolean;
    /** The route needs Jira: a late answer is reported as Jira's. */
    asksJira?: boolean;
    /** Errors of the route besides those that every route may answer. */
    problems?: readonly ProblemCode[];
  }
}

/** Whether a role includes the rights of another one. */
export function mayAct(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
