import type { Role } from '../../../src/admin/access.ts';
import { TOKENS } from '../admin/admin-server.ts';
import { openAdminSite, type AdminSite } from '../admin/admin-site.ts';
import { f2j, type Ran, type RunOptions } from './f2j.ts';

/** The admin API on a port, and f2j for each role. Ends with the test. */
export interface CliSite {
  readonly admin: AdminSite;
  readonly url: string;
  /** Runs `f2j` with the words of a line, by a role. */
  run(role: Role, line: string | readonly string[], options?: RunOptions): Promise<Ran>;
}

export async function openCliSite(options: Parameters<typeof openAdminSite>[0] = {}): Promise<CliSite> {
  const admin = await openAdminSite(options);
  const url = await admin.app.listen({ host: '127.0.0.1', port: 0 });
  return {
    admin,
    url,
    run: (role, line, options = {}) =>
      f2j(typeof line === 'string' ? line.split(' ') : line, {
        ...options,
        env: { F2J_URL: url, F2J_TOKEN: TOKENS[role], ...options.env },
      }),
  };
}
