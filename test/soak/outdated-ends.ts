import type { ProcessEnd } from '../chaos/checker.ts';
import type { Replica } from '../chaos/replica.ts';

const OUTDATED = /^REDIS_URL: the store has schema version \d+, and this version of the service needs \d+; start the newer/;

/**
 * The ends of a replica, of which those are explained that a newer schema of the store explains: exit code 1, and besides the log exactly
 * one line, which says so. Started again and again, it may also be told to stop while it still loads, before it has said anything.
 */
export function outdatedEnds(replica: Pick<Replica, 'ends' | 'output'>): readonly ProcessEnd[] {
  const lives = replica
    .output()
    .split(/^--- \S+ life /m)
    .slice(1);
  return replica.ends().map((end, at) => {
    const [, ...lines] = (lives[at] ?? '').split('\n');
    const printed = lines.filter((line) => line !== '' && !line.startsWith('{') && !line.startsWith('--- '));
    const isOutdated = end.how === 'exit code 1' && printed.length === 1 && OUTDATED.test(printed[0] ?? '');
    const isEarly = at > 0 && end.how === 'SIGTERM' && !lines.some((line) => line.startsWith('{')) && printed.length === 0;
    return { ...end, explained: end.explained || isOutdated || isEarly };
  });
}
