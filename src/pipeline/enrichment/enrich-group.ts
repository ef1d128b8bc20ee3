import type { Finding, FindingKey } from '../../findings/finding.ts';
import { NO_FACTS, type KnownFacts } from '../../issues/facts/facts.ts';
import { placeByFacts } from '../../issues/facts/place-by-facts.ts';
import type { GroupView } from '../groups/group-view.ts';
import type { Enricher } from '../ports/enricher.ts';
import type { Rules } from '../rulebook/rule-book.ts';
import { type Emit, failureEvent } from '../ports/service-event.ts';
import { StoreUnavailable } from '../ports/store.ts';

/** The enrichers that passes ask, and where the failure of one is reported. */
export interface Enriching {
  readonly enrichers: readonly Enricher[];
  readonly emit: Emit;
}

/**
 * Lets every enricher record what it has to find out about a group. An enricher that fails keeps no group from its issue.
 * @returns true: something was written, so the group is read again
 * @throws StoreUnavailable
 */
export async function wantFacts({ enrichers, emit }: Enriching, { members, now }: GroupView): Promise<boolean> {
  for (const enricher of enrichers) {
    if (await orElse(false, () => enricher.want(members, now), enricher, emit)) return true;
  }
  return false;
}

/**
 * The group with what enrichers know of its findings, and routes that go by it.
 * @param rules the current ones, or a draft
 * @throws StoreUnavailable
 */
export async function withFacts({ enrichers, emit }: Enriching, view: GroupView, rules: Pick<Rules, 'owned'>): Promise<GroupView> {
  const findings = view.members.map(({ finding }) => finding);
  const answers: ReadonlyMap<FindingKey, KnownFacts>[] = [];
  for (const enricher of enrichers) {
    answers.push(await orElse(new Map<FindingKey, KnownFacts>(), () => enricher.known(findings), enricher, emit));
  }
  const { issue } = view.record;
  const issueProject = issue === null ? null : (issue.movedFrom ?? issue.projectKey);
  const members = view.members.map((member) => {
    const known = together(member.finding, answers);
    const { owner, decision } = rules.owned(member.finding, member.decision, known.facts, issueProject);
    if (decision.action !== 'issue') return { ...member, known, owner, decision };
    return { ...member, known, owner, decision: { ...decision, route: placeByFacts(decision.route, known.facts) } };
  });
  return { ...view, members };
}

function together({ key }: Finding, answers: readonly ReadonlyMap<FindingKey, KnownFacts>[]): KnownFacts {
  return answers.reduce<KnownFacts>((sum, answer) => {
    const { facts, awaited } = answer.get(key) ?? NO_FACTS;
    return { facts: { ...sum.facts, ...facts }, awaited: sum.awaited || awaited };
  }, NO_FACTS);
}

async function orElse<T>(otherwise: T, ask: () => Promise<T>, { name }: Enricher, emit: Emit): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error;
    emit(failureEvent(`enricher ${name}`, error));
    return otherwise;
  }
}
