import { Type } from 'typebox';
import type { Doctor } from '../../pipeline/runtime/doctor.ts';
import type { AdminApp } from '../admin-app.ts';

/** Every part is given 25 s. */
const HANDLER_TIMEOUT_MS = 30_000;

const Check = Type.Object({
  check: Type.String({ description: 'What was looked at, such as `jira-credentials` or `sqs-dead-letters:QUEUE`' }),
  ok: Type.Boolean(),
  message: Type.String({ description: 'What was found' }),
  advice: Type.Union([Type.String(), Type.Null()], { description: 'What to do; null: nothing' }),
});

const Diagnosis = Type.Object(
  { ok: Type.Boolean({ description: 'Every check is' }), checks: Type.Array(Check) },
  { description: 'What was found, check by check' },
);

export interface DoctorRoutesDeps {
  readonly doctor: Doctor;
}

/** A look at every outside part. */
export function addDoctorRoutes(app: AdminApp, { doctor }: DoctorRoutesDeps): void {
  const schema = {
    tags: ['status'],
    summary: 'Look at Jira, SQS, Access Analyzer and the store, and say what to do',
    operationId: 'runDoctor',
    response: { 200: Diagnosis },
  };
  app.get('/api/v1/doctor', { schema, handlerTimeout: HANDLER_TIMEOUT_MS, config: { access: 'operator' } }, async () => {
    const checks = await doctor();
    return { ok: checks.every(({ ok }) => ok), checks: [...checks] };
  });
}
