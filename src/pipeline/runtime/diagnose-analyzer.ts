import { hasAnalyzerId } from '../../findings/finding.ts';
import { analyzersInTrouble } from '../records/analyzers-in-trouble.ts';
import { RESCAN_REFUSALS } from '../records/rescan-collections.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import type { DoctorCheck, Diagnose } from '../ports/doctor-check.ts';
import type { DetailsSource, RefusalCode } from '../ports/details-source.ts';
import type { Store } from '../ports/store.ts';

const CHECK = 'access-analyzer';
const LISTS = 'findings-listed';
const SCANS = 'resources-scanned-again';

const VANISHED =
  'Compare the analyzer in the AWS console with the mappings; none of its findings is ended before enough of them are listed again';

const ADVICE: Readonly<Record<RefusalCode, string | null>> = {
  throttled: null,
  gone: null,
  denied: 'Give the service the rights that the README lists. An analyzer lets only roles of its own account ask',
  'not-configured': 'Give the service a role, and set AWS_REGION',
  unavailable: 'Look at network, proxy and AWS_ENDPOINT_URL_ACCESSANALYZER',
  'bad-answer': 'Find out what stands between the service and AWS',
};

/** The most refusals that are named. */
const NAMED = 20;

/** Findings of which one with an id of Access Analyzer is looked for. */
const NEWEST = 20;

/** Whether Access Analyzer gives details: it is asked about the newest active finding that is known. And what the last listing could not see, and which analyzers do not scan again. */
export function createDiagnoseAnalyzer({ store, source }: { store: Store; source: DetailsSource }): Diagnose {
  return async ({ rescan }) => [...(await details()), ...(await lists()), ...(rescan === 'off' ? [] : await scans())];

  async function details(): Promise<readonly DoctorCheck[]> {
    const { items } = await store.page(FINDINGS, { terms: ['findingStatus:ACTIVE'], limit: NEWEST });
    const newest = items.find(({ doc }) => hasAnalyzerId(doc.finding));
    if (newest === undefined) return [{ check: CHECK, ok: true, message: 'Not asked: no active finding is known yet', advice: null }];
    const { analyzerArn, findingId } = newest.doc.finding;
    // An operator waits for this one question, so it does not wait behind those of the service itself.
    const answered = await source.read({ analyzerArn, findingId }, async () => ({ granted: true }));
    if (answered.ok) return [{ check: CHECK, ok: true, message: `It answered about ${findingId}`, advice: null }];
    const { code, message } = answered.refusal;
    const advice = ADVICE[code];
    return [{ check: CHECK, ok: advice === null, message: `${code}: ${message}`, advice }];
  }

  async function lists(): Promise<readonly DoctorCheck[]> {
    return (await analyzersInTrouble(store)).flatMap(({ id, doc: { problem, alarm } }) => [
      ...(problem === null
        ? []
        : [
            {
              check: LISTS,
              ok: ADVICE[problem.code] === null,
              message: `${id}: ${problem.code}: ${problem.message}`,
              advice: ADVICE[problem.code],
            },
          ]),
      ...(alarm === null
        ? []
        : [{ check: LISTS, ok: false, message: `${id}: ${alarm.missing} of ${alarm.of} findings are missing`, advice: VANISHED }]),
    ]);
  }

  async function scans(): Promise<readonly DoctorCheck[]> {
    const { items } = await store.page(RESCAN_REFUSALS, { terms: [], limit: NAMED });
    return items.map(({ id, doc: { code, message } }) => ({
      check: SCANS,
      ok: ADVICE[code] === null,
      message: `${id}: ${code}: ${message}`,
      advice: ADVICE[code] === null ? null : `${ADVICE[code]}; or set rescan: off beside the rules`,
    }));
  }
}
