import { setTimeout as sleep } from 'node:timers/promises';
import type { Part } from '../../pipeline/ports/part.ts';
import { createActorEnricher } from './actor-enricher.ts';
import { CHANGES } from './change-record.ts';
import { createDiagnoseActor } from './diagnose-actor.ts';
import { forgetPersonRoute } from './forget-person.ts';
import { createLookUpChanges, RIGHT } from './look-up-changes.ts';

const ROLE_NAME = 'ACTOR_ROLE_NAME';

/** Who made the change that led to a finding, as CloudTrail of the resource's account says. */
export const part: Part = {
  name: 'actor',
  settings: [ROLE_NAME],
  permissions: ['sts:AssumeRole', RIGHT],
  collections: [CHANGES],
  start(ports) {
    const roleName = ports.settings[ROLE_NAME] ?? '';
    const lookUp = createLookUpChanges({ aws: ports.aws, roleName, sleep: (ms, signal) => sleep(ms, undefined, { signal }) });
    return {
      name: 'actor',
      enricher: createActorEnricher({ ...ports, lookUp }),
      diagnose: createDiagnoseActor({ store: ports.store, roleName }),
      routes: [forgetPersonRoute(ports)],
    };
  },
};
