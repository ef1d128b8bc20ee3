import type { Json } from '../../src/findings/json.ts';
import { bearer, startAdmin, TOKENS } from '../support/admin/admin-server.ts';
import type { ServiceParts } from '../support/service/service-parts.ts';
import type { GoldenSite } from './golden-site.ts';

const ADDRESSES = [
  '/api/v1/mappings',
  '/api/v1/failures',
  '/api/v1/failures/causes',
  '/api/v1/pauses',
  '/api/v1/status',
  '/api/v1/rules',
  '/api/v1/rules/history',
  '/api/v1/audit',
];

/** What the admin API answers in the end. */
export async function adminAnswers(site: GoldenSite, parts: ServiceParts): Promise<Json> {
  const admin = await startAdmin([], {
    store: site.storeOf(parts),
    rules: parts.rules,
    saveRules: parts.saveRules,
    evaluate: parts.evaluate,
    operations: parts.operations,
    issueUrl: parts.tracker.url,
    reconcileNow: parts.reconcileNow,
    linkIssue: parts.link,
    unlinkIssue: parts.unlink,
    pauses: parts.pauses,
  });
  try {
    const single = site.told.map(
      ({ findingId, analyzerArn }) => `/api/v1/mappings/${encodeURIComponent(findingId)}?analyzerArn=${encodeURIComponent(analyzerArn)}`,
    );
    const answers: object[] = [];
    for (const url of [...ADDRESSES, ...single]) {
      const answer = await admin.app.inject({ method: 'GET', url, headers: bearer(TOKENS.admin) });
      const body: Json = answer.json();
      answers.push({ url, status: answer.statusCode, body });
    }
    return site.plain(answers);
  } finally {
    await admin.close();
  }
}
