import { Type } from 'typebox';
import type { Doctor } from '../../pipeline/runtime/doctor.ts';
import type { AdminApp } from '../admin-app.ts';

/** Each part has 25 s. */
const HANDLER_TIMEOUT_MS = 30_000;

const Check = Type.Object({
  check: Type.String({ description: 'Name of the check, such as `jira-credentials` or `sqs-dead-letters:QUEUE`' }),
  ok: Type.Boolean(),
  message: Type.String({ description: 'The result' }),
  advice: Type.Union([Type.String(), Type.Null()], { description: 'What to do; null: nothing' }),
});

const Diagnosis = Type.Object(
  { ok: Type.Boolean({ description: 'true: every check is ok' }), checks: Type.Array(Check) },
  { description: 'The results, check by check' },
);

export interface DoctorRoutesDeps {
  readonly doctor: Doctor;
}

/** Checks of everything outside the process. */
export function addDoctorRoutes(app: AdminApp, { doctor }: DoctorRoutesDeps): void {
  const schema = {
    tags: ['status'],
    summary: 'Check Jira, SQS, Access Analyzer and the store, with advice',
    operationId: 'runDoctor',
    response: { 200: Diagnosis },
  };
  app.get('/api/v1/doctor', { schema, handlerTimeout: HANDLER_TIMEOUT_MS, config: { access: 'operator' } }, async () => {
    const checks = await doctor();
    return { ok: checks.every(({ ok }) => ok), checks: [...checks] };
  });
}
