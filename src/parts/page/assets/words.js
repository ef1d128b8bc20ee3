/** What codes mean, in words for people, and the tone in which each is shown. */

/** @typedef {'critical' | 'high' | 'medium' | 'low' | 'good' | 'quiet' | 'accent'} Tone */
/** @typedef {{ word: string, tone: Tone, hint: string }} Word */

export const SEVERITIES = /** @type {const} */ (['critical', 'high', 'medium', 'low']);

/** @type {Readonly<Record<string, Word>>} */
export const SEVERITY = {
  critical: { word: 'Critical', tone: 'critical', hint: 'Open to everyone, with rights that matter' },
  high: { word: 'High', tone: 'high', hint: 'Open to others, with rights that matter' },
  medium: { word: 'Medium', tone: 'medium', hint: 'Open to others, to a lesser degree' },
  low: { word: 'Low', tone: 'low', hint: 'Unused, or hardly a risk' },
};

/** The states of a mapping, in the order in which a person cares. @type {Readonly<Record<string, Word>>} */
export const STATE = {
  open: { word: 'Open', tone: 'accent', hint: 'It has an open issue' },
  failed: { word: 'Failed', tone: 'critical', hint: 'The last try failed and will be repeated' },
  uncertain: { word: 'Uncertain', tone: 'high', hint: 'A create may have made an issue that was not seen yet' },
  held: { word: 'Held', tone: 'medium', hint: 'A pause or a limit holds it back' },
  pending: { word: 'Pending', tone: 'low', hint: 'It waits for its issue' },
  sending: { word: 'Sending', tone: 'low', hint: 'A create is on its way' },
  observed: { word: 'Observed', tone: 'low', hint: 'It would become an issue, but the service or its rule only observes' },
  unlinked: { word: 'Unlinked', tone: 'medium', hint: 'An admin took its issue away' },
  closed: { word: 'Closed', tone: 'good', hint: 'Its issue is closed, or it no longer needs one' },
  ignored: { word: 'Ignored', tone: 'quiet', hint: 'The rules send it nowhere' },
  accepted: { word: 'Accepted', tone: 'quiet', hint: 'The access is accepted' },
};

/** @type {Readonly<Record<string, Word>>} */
export const FINDING_STATUS = {
  ACTIVE: { word: 'Active', tone: 'high', hint: 'The access exists' },
  ARCHIVED: { word: 'Archived', tone: 'quiet', hint: 'The access was accepted in AWS' },
  RESOLVED: { word: 'Resolved', tone: 'good', hint: 'The access is gone' },
};

/** Why a mapping is in its state. @type {Readonly<Record<string, string>>} */
export const BECAUSE = {
  'not-reconciled-yet': 'accepted a moment ago',
  'not-opened-yet': 'its issue was opened just now',
  'already-open': 'there is an open issue',
  'already-closed': 'its issue is closed',
  'never-opened': 'no issue was ever needed',
  'rule-ignores': 'a rule says ignore',
  'no-rule-matches': 'no rule matches',
  'rule-matched': 'a rule matches',
  unrouted: 'the current rules send it nowhere',
  'closed-by-person': 'a person closed the issue',
  'issue-deleted': 'a person deleted the issue',
  paused: 'a pause holds it back',
  'over-limit': 'a limit holds it back',
  unlinked: 'an admin took its issue away',
  'analyzer-in-doubt': 'another analyzer reports the same access',
  'passed-on': 'its analyzer is gone, and another finding has its issue',
  'error-issue-awaited': 'waits for the issue of the error finding',
  'labels-not-on-screen': 'labels were added after the create',
  'transition-unfinished': 'a comment or field of the transition follows',
  'follows-another': 'the issue continues another one',
  'content-changed': 'its text was brought up to date',
  'members-changed': 'a finding joined its group',
  linked: 'an admin linked the issue',
  'no-members': 'its findings moved to other groups',
  'members-unknown': 'not all findings of the group are known yet',
  'observe-only': 'the service only observes',
  'rule-observes': 'its rule only observes',
  'active-again': 'the finding is active again',
  'routed-again': 'the rules send it to Jira again',
  resolved: 'AWS says that the access is gone',
  archived: 'the access was accepted in AWS',
  ended: 'Security Hub archived the record',
  unmonitored: 'its analyzer is gone',
  unanalysed: 'AWS can no longer analyse the resource',
  backoff: 'it failed and will be tried again',
  'rate-limited': 'waits for a permit to call Jira',
  'sending-elsewhere': 'another process is sending',
  lookup: 'the next lookup is due later',
  'store-suspect': 'the store is being checked against Jira',
  gathering: 'changes are being gathered',
  cooldown: 'the last transition was a moment ago',
  'details-awaited': 'details are awaited from AWS',
};

/** How an observation compares with what was known. @type {Readonly<Record<string, string>>} */
const OBSERVATION = {
  new: 'seen for the first time',
  newer: 'newer than what was known',
  same: 'as it was known',
  older: 'older than what is known',
  fuller: 'older, but it filled gaps',
};

/** @param {string} because such as `ACTIVE: new` */
export function observationText(because) {
  const [status = '', how = ''] = because.split(': ');
  return Object.hasOwn(OBSERVATION, how) ? `${wordFor(FINDING_STATUS, status).word}, ${OBSERVATION[how]}` : because;
}

/** What an entry of the history means. @type {Readonly<Record<string, Word>>} */
export const HISTORY = {
  accepted: { word: 'Observation accepted', tone: 'quiet', hint: 'AWS' },
  decided: { word: 'Decided by the rules', tone: 'quiet', hint: 'Rules' },
  created: { word: 'Issue opened', tone: 'accent', hint: 'Jira' },
  noted: { word: 'Comment written', tone: 'accent', hint: 'Jira' },
  adopted: { word: 'Issue found after an uncertain create', tone: 'accent', hint: 'Jira' },
  restored: { word: 'Issue read back from Jira', tone: 'accent', hint: 'Jira' },
  closed: { word: 'Issue closed', tone: 'good', hint: 'Jira' },
  reopened: { word: 'Issue reopened', tone: 'high', hint: 'Jira' },
  uncertain: { word: 'Create uncertain', tone: 'high', hint: 'Jira' },
  failed: { word: 'Failed', tone: 'critical', hint: 'Jira' },
  updated: { word: 'Issue brought up to date', tone: 'accent', hint: 'Jira' },
  corrected: { word: 'Issue corrected', tone: 'accent', hint: 'Jira' },
  linked: { word: 'Issue linked', tone: 'medium', hint: 'Person' },
  unlinked: { word: 'Issue unlinked', tone: 'medium', hint: 'Person' },
  asked: { word: 'Reconcile requested', tone: 'medium', hint: 'Person' },
  deleted: { word: 'Issue deleted', tone: 'critical', hint: 'Person' },
  'found-again': { word: 'Issue found again', tone: 'accent', hint: 'Jira' },
  rescan: { word: 'AWS asked to scan again', tone: 'quiet', hint: 'AWS' },
  released: { word: 'Released', tone: 'medium', hint: 'Person' },
  retried: { word: 'Retry requested', tone: 'medium', hint: 'Person' },
  changed: { word: 'Resource changed', tone: 'high', hint: 'AWS' },
  enriched: { word: 'More learned', tone: 'quiet', hint: 'AWS' },
  'details-missing': { word: 'AWS gave no details', tone: 'high', hint: 'AWS' },
  'passed-on': { word: 'Issue passed on', tone: 'quiet', hint: 'AWS' },
  shrunk: { word: 'Old details forgotten', tone: 'quiet', hint: 'Service' },
};

/** What says whose a resource is; the word stands for a person whose name is not kept. @type {Readonly<Record<string, Word>>} */
export const OWNER_SOURCE = {
  'resource-tag': { word: 'named by a tag', tone: 'quiet', hint: 'by a tag of the resource' },
  'account-tag': { word: 'named by a tag', tone: 'quiet', hint: 'by a tag of its account' },
  'account-map': { word: 'named by the account map', tone: 'quiet', hint: 'by the account map of the rules' },
  actor: { word: 'a person', tone: 'quiet', hint: 'who made the change' },
  'security-contact': { word: 'a person', tone: 'quiet', hint: 'the security contact of its account' },
};

/** The word for a code; a code that this page does not know is shown as it is. @param {Readonly<Record<string, Word>>} words @param {string} code @returns {Word} */
export function wordFor(words, code) {
  return Object.hasOwn(words, code) ? /** @type {Word} */ (words[code]) : { word: code, tone: 'quiet', hint: '' };
}

/** @param {string} code */
export function becauseText(code) {
  return Object.hasOwn(BECAUSE, code) ? /** @type {string} */ (BECAUSE[code]) : code;
}
