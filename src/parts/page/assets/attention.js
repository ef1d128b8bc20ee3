import { plural } from './format.js';

/**
 * What the status asks of a person, the most urgent first. An empty list: all is well.
 * @typedef {{ id: string, tone: 'critical' | 'high' | 'medium' | 'low', title: string, advice: string,
 *   act?: 'retry' | 'release' | 'redrive', code?: string, count?: number, until?: number,
 *   goes: readonly [string, Record<string, string>?][] }} Notice
 * `goes`: views that show more, the best first, each with its query. `until`: when it ends by itself, epoch ms.
 */

/**
 * @param {any} status the answer of `/api/v1/status`
 * @param {readonly { code: string, advice: string, failures: number }[]} causes of failures, the most frequent first
 * @param {number} now epoch ms
 * @returns {readonly Notice[]}
 */
export function noticesOf(status, causes, now) {
  return [
    ...tokenNotices(status),
    ...storeNotices(status),
    ...failureNotices(status, causes),
    ...intakeNotices(status),
    ...sweepNotices(status),
    ...rateNotices(status, now),
    ...heldNotices(status),
    ...coverageNotices(status),
  ];
}

/** The one sentence. @param {any} status @param {readonly Notice[]} notices */
export function sentenceOf(status, notices) {
  const [first] = notices;
  if (first !== undefined) return first.title;
  const known = Object.values(/** @type {Record<string, number>} */ (status.mappings)).reduce((sum, count) => sum + count, 0);
  if (known === 0) return 'All is well. No finding has arrived yet.';
  return `All is well. ${plural(known, 'finding')} known, ${plural(status.issues.open, 'issue')} open, and nothing waits for you.`;
}

/** @type {Record<string, [Notice['tone'], string]>} */
const TOKEN_WORDS = {
  'one-first': ['low', 'Jira accepts the token again; work resumes step by step'],
  away: ['high', 'Jira does not answer, so what is to be written waits'],
};

/** @param {any} status @returns {readonly Notice[]} */
function tokenNotices({ jira }) {
  if (jira.token === 'accepted') return [];
  const [tone, title] = TOKEN_WORDS[jira.token] ?? ['critical', 'Jira does not accept the token, so nothing is written'];
  return [{ id: 'token', tone, title, advice: jira.message, goes: [['doctor']] }];
}

/** @param {any} status @returns {readonly Notice[]} */
function storeNotices({ store }) {
  if (store.trusted) return [];
  return [
    {
      id: 'store',
      tone: 'high',
      title: 'The store is being checked against Jira',
      advice: 'No issue is opened until our issues have been read back. That ends by itself; if it does not, see the doctor.',
      goes: [['doctor']],
    },
  ];
}

/** @param {any} status @param {Parameters<typeof noticesOf>[1]} causes @returns {readonly Notice[]} */
function failureNotices({ failures }, causes) {
  if (failures === 0) return [];
  const [first] = causes;
  const goes = /** @type {Notice['goes']} */ ([['failures'], ['findings', { state: 'failed' }]]);
  if (first === undefined) {
    return [
      {
        id: 'failures',
        tone: 'critical',
        title: `${plural(failures, 'issue')} cannot be written`,
        advice: 'See the failures for the cause.',
        goes,
      },
    ];
  }
  return causes.map(({ code, advice, failures: count }) => ({
    id: `failure:${code}`,
    tone: 'critical',
    title: `${plural(count, 'issue')} cannot be written: ${code}`,
    advice: `${advice}.`,
    act: 'retry',
    code,
    count,
    goes: [
      ['failures', { code }],
      ['findings', { state: 'failed' }],
    ],
  }));
}

/** @param {any} status @returns {readonly Notice[]} */
function intakeNotices({ queues, deadLetters, deadLettersDropped }) {
  const silent = queues.filter((/** @type {any} */ { waiting }) => waiting === null);
  return [
    ...(silent.length === 0
      ? []
      : [
          /** @type {Notice} */ ({
            id: 'queues',
            tone: 'critical',
            title: silent.length === 1 ? 'An SQS queue does not answer' : `${silent.length} SQS queues do not answer`,
            advice: 'No new findings arrive. The doctor says which right or setting is missing.',
            goes: [['doctor']],
          }),
        ]),
    ...(deadLetters === 0
      ? []
      : [
          /** @type {Notice} */ ({
            id: 'dead-letters',
            tone: 'high',
            title: `${plural(deadLetters, 'message')} could not be read`,
            advice:
              deadLettersDropped === 0
                ? 'Each says why. Read them again after the cause is fixed, or dismiss them.'
                : `${plural(deadLettersDropped, 'older one')} made room for newer ones. Read them again after the cause is fixed, or dismiss them.`,
            goes: [['dead-letters']],
          }),
        ]),
  ];
}

/** @param {any} status @returns {readonly Notice[]} */
function sweepNotices({ lastSweep, analyzers }) {
  const vanished = lastSweep?.vanished ?? [];
  return [
    ...vanished.map((/** @type {any} */ { projectKey, missing, of }) => ({
      id: `vanished:${projectKey}`,
      tone: 'critical',
      title: `${missing} of ${plural(of, 'issue')} of ${projectKey} cannot be seen any more`,
      advice: 'So many at once prove nothing: check the permissions of our account in the project, and whether it was archived.',
      goes: [['sweeps'], ['doctor']],
    })),
    ...analyzers.map((/** @type {any} */ { analyzerArn, problem, alarm }) => ({
      id: `analyzer:${analyzerArn}`,
      tone: 'high',
      title:
        alarm === null
          ? `The analyzer ${analyzerArn} could not be listed`
          : `${alarm.missing} of ${alarm.of} findings of ${analyzerArn} are missing at once`,
      advice: problem === null ? 'None was ended. Look at the analyzer in AWS.' : `${problem.message} (${problem.code})`,
      goes: [['sweeps'], ['doctor']],
    })),
  ];
}

/** @param {any} status @param {number} now @returns {readonly Notice[]} */
function rateNotices({ governor, lagMs }, now) {
  const windows = governor.retryAfterWindows;
  const all = windows.filter((/** @type {any} */ { scope }) => scope === 'all');
  if (all.length > 0) {
    const until = now + Math.max(...all.map((/** @type {any} */ { leftMs }) => leftMs));
    return [
      {
        id: 'rate',
        tone: 'medium',
        title: 'Jira limits the rate; calls resume by themselves',
        advice: 'Nothing is lost meanwhile.',
        until,
        goes: [],
      },
    ];
  }
  if (lagMs <= 120_000) return [];
  return [
    {
      id: 'lag',
      tone: 'medium',
      title: 'Work is late',
      advice: 'More is waiting than Jira takes at the moment. It is done in order of severity.',
      goes: [['findings', { state: 'pending' }]],
    },
  ];
}

/** @param {any} status @returns {readonly Notice[]} */
function heldNotices({ mappings, pauses, limits }) {
  const held = mappings.held ?? 0;
  const paused = pauses.length > 0;
  if (held === 0 && !paused) return [];
  const next = limits
    .map((/** @type {any} */ { roomAt }) => (roomAt === null ? null : Date.parse(roomAt)))
    .filter((/** @type {any} */ at) => at !== null);
  return [
    {
      id: 'held',
      tone: 'medium',
      title:
        held === 0 ? `${plural(pauses.length, 'pause')} in force` : `${plural(held, 'finding')} ${held === 1 ? 'is' : 'are'} held back`,
      advice: paused
        ? `Paused: ${pauses.join(', ')}. Lift the pause, or release what it holds.`
        : 'A limit lets only some issues an hour through, the most severe first. Release them to open all now.',
      ...(held === 0 ? {} : { act: /** @type {const} */ ('release'), count: held }),
      ...(next.length === 0 || paused ? {} : { until: Math.min(...next) }),
      goes: paused ? [['pauses'], ['findings', { state: 'held' }]] : [['findings', { state: 'held' }]],
    },
  ];
}

/** @param {any} status @returns {readonly Notice[]} */
function coverageNotices({ coverage, accounts }) {
  const warnings = coverage.warnings.map((/** @type {any} */ { code, message, advice }) => ({
    id: `coverage:${code}:${message}`,
    tone: 'medium',
    title: message,
    advice,
    goes: [],
  }));
  if (accounts.uncovered.count === 0) return warnings;
  const title = `${plural(accounts.uncovered.count, 'account')} in no map of the rules`;
  return [
    ...warnings,
    { id: 'accounts', tone: 'low', title, advice: 'Their issues go where the rules send everything else.', goes: [['rules']] },
  ];
}
