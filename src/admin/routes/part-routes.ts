import type { PartRoute } from '../../pipeline/ports/part-route.ts';
import { auditWrite } from '../../pipeline/records/audit.ts';
import type { AdminApp } from '../admin-app.ts';
import { askedBy } from '../asked-by.ts';

export interface PartRoutesDeps {
  /** The parts that are on. */
  readonly parts: readonly { readonly routes: readonly PartRoute[] }[];
}

/** The routes of the parts that are on. */
export function addPartRoutes(app: AdminApp, { parts }: PartRoutesDeps): void {
  for (const route of parts.flatMap(({ routes }) => routes)) {
    const { method, path, access, tag, summary, operationId, params, query, answer } = route;
    app.route({
      method,
      url: path,
      schema: { tags: [tag], summary, operationId, params, querystring: query, response: { 200: answer } },
      config: { access, problems: 'cursor' in query.properties ? ['invalid-cursor'] : [] },
      handler: (request) =>
        route.handle({
          params: request.params,
          query: request.query,
          audit: (change, now) => auditWrite({ ...askedBy(request), path }, change, now),
        }),
    });
  }
}
