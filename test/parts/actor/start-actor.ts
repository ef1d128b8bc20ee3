import { part } from '../../../src/parts/actor/actor-part.ts';
import type { PipelineDeps } from '../../../src/pipeline/pipeline-deps.ts';
import type { RunningPart } from '../../../src/pipeline/ports/part.ts';
import type { MemberAccounts } from '../../support/servers/member-accounts.ts';

/** The part on simulated accounts, for `startServiceParts`; `running` has it once it was started. */
export function actorPart({ aws }: Pick<MemberAccounts, 'aws'>): { startParts: PipelineDeps['startParts']; running: RunningPart[] } {
  const running: RunningPart[] = [];
  return {
    running,
    startParts: (ports) => {
      const started = part.start({ ...ports, settings: { ACTOR_ROLE_NAME: 'findings-to-jira-actor' }, aws });
      running.push(started);
      return [started];
    },
  };
}
