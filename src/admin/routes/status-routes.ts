import type { AdminApp } from '../admin-app.ts';
import { readStatus, Status, type StatusDeps } from './status.ts';

/** How the service is doing, on one page. */
export function addStatusRoutes(app: AdminApp, deps: StatusDeps): void {
  const schema = { tags: ['status'], summary: 'How the service is doing', operationId: 'getStatus', response: { 200: Status } };
  app.get('/api/v1/status', { schema, config: { access: 'viewer' } }, () => readStatus(deps));
}
