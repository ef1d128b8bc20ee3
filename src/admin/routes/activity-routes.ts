import { Type } from 'typebox';
import { countActivity } from '../../pipeline/records/count-activity.ts';
import type { Store } from '../../pipeline/ports/store.ts';
import type { AdminApp } from '../admin-app.ts';
import { PageOf } from '../page-query.ts';

const USUAL_DAYS = 30;

const Query = Type.Object(
  {
    days: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 400, default: USUAL_DAYS, description: 'The last so many days, today included' }),
    ),
  },
  { additionalProperties: false },
);

const Day = Type.Object({
  day: Type.String({ format: 'date', description: 'In UTC' }),
  opened: Type.Integer({
    minimum: 0,
    description: 'Issues that were opened on it, whatever became of them; one that was reopened counts once',
  }),
  closed: Type.Integer({ minimum: 0, description: 'Issues that were closed on it for any reason and are closed still' }),
});

/** Opened and closed issues day by day. */
export function addActivityRoutes(app: AdminApp, { store }: { readonly store: Store }): void {
  const schema = {
    tags: ['status'],
    summary: 'How many issues were opened and closed, day by day',
    operationId: 'listActivity',
    querystring: Query,
    response: { 200: PageOf(Day) },
  };
  app.get('/api/v1/activity', { schema, config: { access: 'viewer' } }, async ({ query }) => ({
    items: [...(await countActivity(store, query.days ?? USUAL_DAYS))],
    nextCursor: null,
  }));
}
