import { eachPage } from '../operations/each-page.ts';
import type { AnalyzerSource } from '../ports/analyzer-source.ts';
import type { AcquireSlot } from '../ports/details-source.ts';
import type { Diagnose, DoctorCheck } from '../ports/doctor-check.ts';
import type { Store } from '../ports/store.ts';
import { ANALYZERS } from '../records/analyzer-collections.ts';
import { breadthOf, type Breadth } from './broad-archive-rule.ts';
import type { RegionCoverage } from './coverage-report.ts';
import type { CoverageWarning } from './coverage-warnings.ts';
import { readCoverage } from './read-coverage.ts';

const RULES = 'archive-rules';

/** Analyzers whose archive rules are read while an operator waits. */
const MAX_ASKED = 20;

/** Broad rules that are named. */
const MAX_NAMED = 20;

const ADVICE: Readonly<Record<Breadth, string>> = {
  'public-findings': 'Delete the archive rule, or let it name isPublic: false: what is open to everyone gets no issue',
  'any-resource': 'Let the archive rule name its resources: findings of resources to come are archived unseen, and get no issue',
};

const WORDS: Readonly<Record<Breadth, string>> = {
  'public-findings': 'archives findings of public access',
  'any-resource': 'archives findings of whatever resource',
};

/** What events and listings reach, what seems to be missing, and archive rules that hide more than a team may mean. */
export function createDiagnoseCoverage({ store, source }: { store: Store; source: Pick<AnalyzerSource, 'listArchiveRules'> }): Diagnose {
  return async () => {
    const { regions, warnings } = await readCoverage(store);
    return [...regions.map(regionCheck), ...warnings.map(warningCheck), ...(await archiveRules())];
  };

  async function archiveRules(): Promise<readonly DoctorCheck[]> {
    const broad: DoctorCheck[] = [];
    const refused: DoctorCheck[] = [];
    let read = 0;
    for (const arn of await activeAnalyzers(store)) {
      // An operator waits for these few questions, so they do not wait behind those of the service itself.
      const answered = await source.listArchiveRules(arn, now);
      if (!answered.ok) {
        const { code, message } = answered.refusal;
        const advice = code === 'denied' ? 'Grant access-analyzer:ListArchiveRules, if the doctor is to look at archive rules' : null;
        // Nothing but this check needs them.
        refused.push({ check: RULES, ok: true, message: `Not read for ${arn}: ${code}: ${message}`, advice });
        continue;
      }
      read += 1;
      for (const rule of answered.value) {
        const breadth = breadthOf(rule);
        if (breadth === null) continue;
        broad.push({ check: RULES, ok: false, message: `${arn}: rule ${rule.name} ${WORDS[breadth]}`, advice: ADVICE[breadth] });
      }
    }
    const fine: DoctorCheck = { check: RULES, ok: true, message: `None is broad; analyzers read: ${read}`, advice: null };
    return [...(broad.length === 0 && read > 0 ? [fine] : broad.slice(0, MAX_NAMED)), ...refused.slice(0, 1)];
  }
}

const now: AcquireSlot = async () => ({ granted: true });

async function activeAnalyzers(store: Store): Promise<readonly string[]> {
  const active: string[] = [];
  for await (const { items } of eachPage(store, ANALYZERS, [])) {
    active.push(...items.filter(({ doc }) => doc.status === 'ACTIVE').map(({ id }) => id));
    if (active.length >= MAX_ASKED) break;
  }
  return active.slice(0, MAX_ASKED);
}

function regionCheck({ region, analyzers, lastEventAt, lastListingAt, mismatch, problem }: RegionCoverage): DoctorCheck {
  const check = `coverage:${region}`;
  if (problem !== null)
    return {
      check,
      ok: false,
      message: `Its analyzers could not be listed: ${problem.code}: ${problem.message}`,
      advice: 'Grant access-analyzer:ListAnalyzers, or leave the Region out of ANALYZER_REGIONS',
    };
  const types = Object.entries(analyzers).map(([type, count]) => `${count} ${type}`);
  const { added, changed, missing } = mismatch;
  const message = [
    `analyzers: ${types.length === 0 ? 'none' : types.join(', ')}`,
    `last event: ${timeOr(lastEventAt)}`,
    `last complete listing: ${timeOr(lastListingAt)}, which had ${added} new and ${changed} changed findings and lacked ${missing}`,
  ].join('; ');
  return { check, ok: true, message, advice: null };
}

function warningCheck({ code, message, advice }: CoverageWarning): DoctorCheck {
  return { check: code, ok: false, message, advice };
}

function timeOr(at: number | null): string {
  return at === null ? 'none' : new Date(at).toISOString();
}
