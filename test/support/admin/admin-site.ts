import { onTestFinished } from 'vitest';
import type { AdminApp } from '../../../src/admin/admin-app.ts';
import type { AdminDeps } from '../../../src/admin/server.ts';
import type { Role } from '../../../src/admin/access.ts';
import type { JsonObject } from '../../../src/findings/json.ts';
import type { JiraSimulatorOptions } from '../../../src/sandbox/jira-simulator.ts';
import { bearer, startAdmin, TOKENS } from './admin-server.ts';
import { findingOf } from '../findings/parsed.ts';
import type { ServiceParts, ServicePartsOptions } from '../service/service-parts.ts';
import { openSite, type SiteOnDisk } from '../service/site.ts';

/** The admin API on the real pipeline, a store on the disk and a simulated Jira. No pass starts by itself. Ends with the test. */
export interface AdminSite {
  readonly site: SiteOnDisk;
  readonly parts: ServiceParts;
  readonly app: AdminApp;
  /** Asks as an operator by default. */
  ask(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: unknown,
    role?: Role,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answered>;
  /** Accepts an event and makes one pass over its group. @returns the group */
  take(event: JsonObject): Promise<string>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Empty where there is none. */
  readonly body: Record<string, unknown>;
}

export async function openAdminSite(
  options: { jira?: JiraSimulatorOptions; parts?: Partial<ServicePartsOptions>; deps?: Partial<AdminDeps> } = {},
): Promise<AdminSite> {
  const site = await openSite(options.jira);
  const parts = await site.start(options.parts);
  const { store } = site;
  const admin = await startAdmin([], {
    store,
    rules: parts.rules,
    saveRules: parts.saveRules,
    evaluate: parts.evaluate,
    operations: parts.operations,
    issueUrl: parts.tracker.url,
    reconcileNow: parts.reconcileNow,
    linkIssue: parts.link,
    unlinkIssue: parts.unlink,
    pauses: parts.pauses,
    dismissDeadLetter: parts.dismissDeadLetter,
    exportEvidence: parts.exportEvidence,
    deadLetterQueues: options.parts?.deadLetterQueues ?? [],
    ...options.deps,
  });
  onTestFinished(() => admin.close());
  return {
    site,
    parts,
    app: admin.app,
    async ask(method, url, body, role = 'operator', headers = {}) {
      const answer = await admin.app.inject({
        method,
        url,
        headers: { ...bearer(TOKENS[role]), ...headers },
        ...(body === undefined ? {} : { payload: JSON.parse(JSON.stringify(body)) }),
      });
      return { status: answer.statusCode, headers: answer.headers, body: answer.body === '' ? {} : answer.json() };
    },
    async take(event) {
      const { group } = await parts.accept(findingOf(event));
      await parts.reconcile(group);
      return group;
    },
  };
}
