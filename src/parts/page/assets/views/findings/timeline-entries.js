/** Audit entries about one finding or its group, by the entry of a history that stands for the same act. @type {Readonly<Record<string, string>>} */
const ACTS = {
  'mapping.linked': 'linked',
  'mapping.unlinked': 'unlinked',
  'mapping.reconciled': 'asked',
  'failure.retried': 'retried',
};

/** What changed a resource, in words. @type {Readonly<Record<string, string>>} */
const MEANS = {
  console: 'the console',
  cli: 'the AWS CLI',
  sdk: 'an SDK',
  terraform: 'Terraform',
  cloudformation: 'CloudFormation',
  service: 'a service of AWS',
};

/**
 * @typedef {{ at: string, what: string, because: string, issueKey: string | null, calls?: readonly any[], audit?: any }} TimelineEntry
 * `audit`: the entry of the audit that says it precisely, for those who may read it.
 */

/**
 * All that happened to a finding, the oldest first: its history, the change in AWS that led to it, and what the audit knows of admins. An act that
 * history and audit both have was written in one commit, with one time.
 * @param {{ history?: readonly any[], group: string }} mapping
 * @param {any} changed the fact of the change; null: not known
 * @param {readonly any[]} audit entries whose target is the finding or its group
 * @returns {readonly TimelineEntry[]}
 */
export function timelineEntries({ history = [], group }, changed, audit) {
  const acts = new Map(audit.flatMap((entry) => (isAbout(entry, group) ? [[actKey(entry.at, entry.actor), entry]] : [])));
  const known = history.map((entry) => {
    const key = actKey(entry.at, entry.because.replace(/^by /, ''));
    const act = entry.because.startsWith('by ') ? acts.get(key) : undefined;
    if (act !== undefined) acts.delete(key);
    return act === undefined ? entry : { ...entry, audit: act };
  });
  const others = [...acts.values()].map((entry) => ({
    at: entry.at,
    what: ACTS[entry.action],
    because: `by ${entry.actor}`,
    issueKey: entry.after?.issueKey ?? entry.before?.issueKey ?? null,
    audit: entry,
  }));
  const change = changed === null ? [] : [{ at: changed.at, what: 'changed', because: changedText(changed), issueKey: null }];
  return [...change, ...known, ...others].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** Who did what, with what. @param {any} changed the fact of a change */
export function changedText({ principal, role, session, action, by }) {
  const as = [
    role === null || role === principal ? '' : `as ${role}`,
    session === null || session === principal ? '' : `session ${session}`,
  ];
  const through = Object.hasOwn(MEANS, by) ? `with ${MEANS[by]}` : '';
  return [principal, ...as, action, through].filter((part) => part !== '').join(', ');
}

/** The audit names a finding by its id alone, which several analyzers may use: the group tells them apart. @param {any} entry @param {string} group */
function isAbout({ action, target, before, after }, group) {
  return Object.hasOwn(ACTS, action) && (target === group || after?.group === group || before?.group === group);
}

/** @param {string} at @param {string} actor */
function actKey(at, actor) {
  return `${at} ${actor}`;
}
