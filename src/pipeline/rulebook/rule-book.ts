import type { Finding } from '../../findings/finding.ts';
import type { MemberDecision } from '../../issues/plan-step.ts';
import type { Opening } from '../../issues/admission.ts';
import type { Facts } from '../../issues/facts/facts.ts';
import type { FoundOwner } from '../../issues/facts/find-owner.ts';
import { ownerOfFinding, placeByOwner } from '../../issues/facts/place-by-owner.ts';
import type { GroupBy } from '../../issues/group-key.ts';
import { routeFinding } from '../../issues/route-finding.ts';
import { asksFor } from '../../rules/pattern/asks-for.ts';
import { decideInChunks, explainInChunks, type RuleTrace } from '../../rules/decide.ts';
import { parseRulesInChunks, type CompiledRules } from '../../rules/parse-rules.ts';
import { openingLimits, type OpeningLimit } from '../../rules/limits.ts';
import type { KnownAccounts } from '../../rules/known-accounts.ts';
import { ruleChanges } from '../../rules/rule-changes.ts';
import type { IssueRule, RuleSet } from '../../rules/routing-rule.ts';
import { closeAim, type CloseOutcome, type TransitionAim } from '../../rules/transition-aim.ts';
import type { Clock } from '../ports/clock.ts';
import type { RuleRevision, RulesRecord } from '../records/rule-collections.ts';
import type { AccountBook } from './account-book.ts';
import { nextRevision, readPointer, readRevision, readRuleSet, revisionWrites, RULES_FILE } from './rule-revisions.ts';
import type { Store, Stored } from '../ports/store.ts';
import { createYielder, type Yielder } from './yielder.ts';

/** The current rules, read from the store and compiled once per revision. */
export interface RuleBook {
  /** A store without rules, new or emptied, gets those that this process knows. @throws StoreUnavailable, StoredRulesInvalid */
  current(): Promise<Rules>;
  /** An earlier revision. @returns null when the store has no revision of this number. @throws as `current` */
  at(revision: number): Promise<Rules | null>;
}

/** One revision of the rules, ready to decide. */
export interface Rules {
  readonly revision: number;
  readonly compiled: CompiledRules;
  /** What AWS Organizations says of accounts. */
  readonly accounts: () => KnownAccounts;
  /** Decides about a finding, in chunks between which other work runs. */
  route(finding: Finding): Promise<Routed>;
  /**
   * Whose the resource of a finding is, and the decision that goes by it.
   * @param decision of `route`
   * @param issueProject the project of the group's issue, which an owner does not change; null: there is none yet
   */
  owned(finding: Finding, decision: MemberDecision, facts: Facts, issueProject: string | null): Owned;
  /** Which rules were tried for the decision about a finding, in order, and why those that do not match do not. */
  explain(finding: Finding): Promise<readonly RuleTrace[]>;
  /** Whether the decision might change once details of the finding are known. @param ruleId the rule that decides; null: none does */
  asksForDetails(ruleId: string | null): boolean;
  /** What a rule says of a close. Null: nothing, or the rule no longer exists. */
  closing(ruleId: string | null, outcome: CloseOutcome | 'duplicate'): TransitionAim | null;
  /** What a rule says of a reopening. Null: nothing, or the rule no longer exists. */
  reopening(ruleId: string | null): TransitionAim | null;
  /** What to do with an open issue of a rule when its findings are no longer sent to Jira; `leave` where the rule no longer exists. */
  whenUnrouted(ruleId: string | null): 'leave' | 'close';
  /** Whether a deleted issue of an active finding is replaced without being asked for; `leave` where the rule no longer exists. */
  whenDeleted(ruleId: string | null): 'leave' | 'recreate';
  /** Whether AWS is asked to scan a resource again when a person closes the issue of its active finding. */
  readonly rescans: boolean;
  /** The limits that an opening has to meet; empty: none. */
  limitsOf(opening: Pick<Opening, 'kind' | 'projectKey' | 'ruleId'>): readonly OpeningLimit[];
  /** Whether a rule only observes: nothing is written to Jira for its findings. False where the rule no longer exists. */
  observes(ruleId: string | null): boolean;
  /** Keys of all projects that may get issues. */
  projects(): readonly string[];
}

/** A decision that goes by the owner; `owner` null: no source names one. */
export interface Owned {
  readonly owner: FoundOwner | null;
  readonly decision: MemberDecision;
}

/** The decision about a finding, and how the deciding rule groups findings. */
export interface Routed {
  readonly decision: MemberDecision;
  readonly groupBy: GroupBy;
}

/** The stored rule set does not parse: written by a newer version, or edited in the store. */
export class StoredRulesInvalid extends Error {
  readonly code = 'stored-rules-invalid';
  constructor(problem: string) {
    super(`The rules in the store can't be read: ${problem}`);
  }
}

/** The revision in force, as this process knows it. */
interface Known {
  /** Of the pointer; null: put back, and not read since. */
  readonly version: string | null;
  readonly revision: RuleRevision;
  readonly rules: Rules;
}

/** @param seed the rules file's set, for a store that has none */
export function createRuleBook(store: Store, seed: CompiledRules, clock: Clock, accountBook: AccountBook): RuleBook {
  const accounts = accountBook.known;
  const yielder = createYielder(clock);
  let known: Known | null = null;
  let loading: { readonly version: string; readonly rules: Promise<Rules> } | null = null;

  /** Rules that are put back were in force until now, so they apply at once, even where the store can't take them yet. */
  async function putBack(): Promise<Rules> {
    const { revision, rules } = known ?? seeded(seed, clock.now(), await nextRevision(store, 0), ready);
    const isKept = known !== null && (await readRevision(store, revision.revision)) !== null;
    const result = await store.commit(revisionWrites(null, revision, rules.compiled.ruleSet, isKept));
    if (!result.ok && result.because === 'conflict') return current();
    known = { version: null, revision, rules };
    return rules;
  }

  function ready(compiled: CompiledRules, revision: number): Rules {
    return readyRules(compiled, revision, yielder, accounts);
  }

  async function current(): Promise<Rules> {
    const pointer = await readPointer(store);
    if (pointer === null) return putBack();
    if (known?.version === pointer.version) return known.rules;
    if (loading?.version !== pointer.version) loading = { version: pointer.version, rules: load(pointer) };
    return loading.rules;
  }

  async function load(pointer: Stored<RulesRecord>): Promise<Rules> {
    try {
      const { revision } = pointer.doc;
      const ruleSet = await readRuleSet(store, revision);
      const isPutBack = known?.version === null && known.rules.revision === revision;
      const rules = isPutBack && known !== null ? known.rules : ready(await compile(ruleSet), revision);
      const saved = (await readRevision(store, revision)) ?? seeded(rules.compiled, clock.now(), revision, ready).revision;
      known = { version: pointer.version, revision: saved, rules };
      return rules;
    } finally {
      loading = null;
    }
  }

  /** Compiles in chunks, so that thousands of rules do not block the process. */
  async function compile(ruleSet: RuleSet | null): Promise<CompiledRules> {
    const parsed = await yielder.run(parseRulesInChunks(ruleSet, 'saved'));
    if (parsed.ok) return parsed.rules;
    throw new StoredRulesInvalid(parsed.problems.map(({ path, message }) => `${path}: ${message}`).join('; '));
  }

  return {
    async current() {
      await accountBook.refresh();
      return current();
    },
    async at(revision) {
      if (known?.rules.revision === revision) return known.rules;
      // Kept once it is compiled, unlike an earlier revision.
      const inForce = await current();
      if (inForce.revision === revision) return inForce;
      const ruleSet = await readRuleSet(store, revision);
      return ruleSet === null ? null : ready(await compile(ruleSet), revision);
    },
  };
}

/** The rules file's set as a revision: the first, unless the pointer was lost. */
function seeded(
  seed: CompiledRules,
  now: number,
  revision: number,
  ready: (compiled: CompiledRules, revision: number) => Rules,
): Pick<Known, 'revision' | 'rules'> {
  const changes = ruleChanges(null, seed.ruleSet);
  return {
    revision: { revision, savedAt: now, savedBy: RULES_FILE, comment: null, base: null, changes },
    rules: ready(seed, revision),
  };
}

/**
 * Compiled rules as a revision; also those of a draft.
 * @param yielder lets other work run while they decide
 * @param accounts of the current rules, which draw on the same organization
 */
export function readyRules(compiled: CompiledRules, revision: number, yielder: Yielder, accounts: () => KnownAccounts): Rules {
  const byId = new Map(compiled.ruleSet.rules.map((rule) => [rule.id, rule]));

  function issueRule(ruleId: string | null): IssueRule | null {
    const rule = ruleId === null ? undefined : byId.get(ruleId);
    return rule?.action === 'issue' ? rule : null;
  }

  return {
    revision,
    compiled,
    accounts,
    async route(finding) {
      const decision = await yielder.run(decideInChunks(compiled, { ...finding.event }));
      if (decision.action === 'undecided') return { decision, groupBy: 'finding' };
      if (decision.action === 'ignore')
        return { decision: { action: 'ignore', because: decision.because, ruleId: decision.ruleId }, groupBy: 'finding' };
      const { rule, ruleId } = decision;
      const route = routeFinding(finding, rule, compiled.ruleSet, accounts(), revision);
      return { decision: { action: 'issue', because: 'rule-matched', ruleId, route }, groupBy: rule.groupBy ?? 'finding' };
    },
    owned(finding, decision, facts, issueProject) {
      const owner = ownerOfFinding(finding, facts, compiled.ruleSet, accounts());
      const rule = decision.action === 'issue' ? issueRule(decision.ruleId) : null;
      if (owner === null || decision.action !== 'issue' || rule === null) return { owner, decision };
      const owning = { rule, ruleSet: compiled.ruleSet, known: accounts(), owner };
      return { owner, decision: { ...decision, route: placeByOwner(finding, decision.route, owning, issueProject) } };
    },
    explain: async (finding) => (await yielder.run(explainInChunks(compiled, { ...finding.event }))).trace,
    asksForDetails: detailsAskers(compiled),
    closing: (ruleId, outcome) => closeAim(issueRule(ruleId)?.close, outcome),
    reopening: (ruleId) => issueRule(ruleId)?.reopen ?? null,
    whenUnrouted: (ruleId) => issueRule(ruleId)?.whenUnrouted ?? 'leave',
    whenDeleted: (ruleId) => issueRule(ruleId)?.whenDeleted ?? 'leave',
    rescans: compiled.ruleSet.rescan !== 'off',
    limitsOf: (opening) => openingLimits(compiled.ruleSet.limits, issueRule(opening.ruleId)?.limits, opening.kind, opening),
    observes: (ruleId) => issueRule(ruleId)?.mode === 'observe',
    projects: () => projectsOf(compiled.ruleSet),
  };
}

/** Rules are tried in order: with details, a rule before the one that decided may decide instead. */
function detailsAskers({ rules }: CompiledRules): (ruleId: string | null) => boolean {
  const first = rules.findIndex(({ pattern }) => asksFor(pattern, ['detail', 'findingDetails']));
  if (first === -1) return () => false;
  const before = new Set<string | null>(rules.slice(0, first).map(({ rule }) => rule.id));
  return (ruleId) => !before.has(ruleId);
}

function projectsOf({ rules, accounts = {}, organizationalUnits = {}, owner }: RuleSet): readonly string[] {
  const owners = [...Object.values(accounts), ...Object.values(organizationalUnits), ...Object.values(owner?.values ?? {})];
  return [
    ...new Set([
      ...rules.flatMap((rule) => (rule.action === 'issue' ? [rule.issue.project] : [])),
      ...owners.flatMap(({ project }) => project ?? []),
    ]),
  ];
}
