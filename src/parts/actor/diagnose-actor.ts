import type { Diagnose, DoctorCheck } from '../../pipeline/ports/doctor-check.ts';
import type { Store } from '../../pipeline/ports/store.ts';
import { CHANGES, laneOf } from './change-record.ts';
import { RIGHT } from './look-up-changes.ts';

const CHECK = 'actor';

/** Refusals that are looked at; one of an account stands for all of it. */
const MAX_READ = 200;
const MAX_NAMED = 5;

/** Why CloudTrail could not be asked who made changes, by account. Nothing is asked: the look-ups say it. */
export function createDiagnoseActor({ store, roleName }: { readonly store: Store; readonly roleName: string }): Diagnose {
  return async (): Promise<readonly DoctorCheck[]> => {
    const [found = 0, wanted = 0, refused = 0] = await store.counts(CHANGES, ['state:found', 'state:wanted', 'state:refused']);
    if (refused === 0)
      return [
        {
          check: CHECK,
          ok: true,
          message: `CloudTrail has said who made ${found} changes; ${wanted} are still to be asked about`,
          advice: null,
        },
      ];
    const { items } = await store.page(CHANGES, { terms: ['state:refused'], limit: MAX_READ });
    const lanes = Map.groupBy(items, ({ id }) => laneOf(id));
    return [...lanes].slice(0, MAX_NAMED).map(([lane, [one]]): DoctorCheck => {
      const { code = '', message = 'no answer' } = one?.doc.refusal ?? {};
      const [account = '', region = ''] = lane.split(' ');
      return {
        check: `${CHECK}:${account}:${region}`,
        ok: false,
        message: `CloudTrail does not say who made changes: ${message}`,
        advice: adviceFor(code, account),
      };
    });
  };

  function adviceFor(code: string, account: string): string {
    if (code === 'denied')
      return `In account ${account}, make a role ${roleName} that trusts the role of the service and may ${RIGHT}; allow sts:AssumeRole on it to the role of the service`;
    if (code === 'not-configured') return 'Give the service AWS credentials: a role, or keys';
    return 'Look at network, proxy, AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL_CLOUDTRAIL; the look-up is tried again';
  }
}
