import { ask, get, idempotencyKey } from '../../api.js';
import { leaving } from '../../session.js';
import { createStore } from '../../store.js';

/** A text that becomes the rules when it is saved. `base`: what it was made of, the rules of `revision`. @typedef {{ revision: number, base: string, text: string }} Draft */

const YAML = 'application/yaml';

/** Where a draft waits while its person signs in at the issuer. */
const WAITS = 'f2j-draft';

/** The draft of this tab. It outlives the view, so that a look at the findings loses nothing; null: none yet. */
export const draft = createStore(/** @type {Draft | null} */ (takeWaiting()));

/** @param {Draft | null} one */
export function isChanged(one) {
  return one !== null && one.text !== one.base;
}

addEventListener('beforeunload', (event) => {
  if (isChanged(draft.get()) && !(leaving.get() && letWait())) event.preventDefault();
});

/** @returns {boolean} false: this browser has no room for it */
function letWait() {
  try {
    sessionStorage.setItem(WAITS, JSON.stringify(draft.get()));
    return true;
  } catch {
    return false;
  }
}

/** @returns {Draft | null} */
function takeWaiting() {
  try {
    const waiting = JSON.parse(sessionStorage.getItem(WAITS) ?? 'null');
    sessionStorage.removeItem(WAITS);
    return waiting;
  } catch {
    return null;
  }
}

/** The rules in force as a draft without a change. @param {AbortSignal} [signal] @returns {Promise<Draft>} */
export async function readRules(signal) {
  const { data, headers } = await ask('GET', '/api/v1/rules', { headers: { accept: YAML }, ...(signal ? { signal } : {}) });
  return { revision: Number(/\d+/.exec(headers.get('etag') ?? '')?.[0]), base: data, text: data };
}

/** Takes up the draft of this tab; one without a change follows the rules in force. @param {AbortSignal} signal */
export async function openDraft(signal) {
  const known = draft.get();
  if (isChanged(known)) return;
  draft.set(await readRules(signal));
}

/**
 * What is saved over a revision: a text in YAML, or a whole rule set.
 * @typedef {{ revision: number, body: unknown, type?: string }} Wanted
 */

/** @param {Draft} one @returns {Wanted} */
export function wantedOf({ revision, text }) {
  return { revision, body: text, type: YAML };
}

/** What a save would change. @param {Wanted} wanted @param {{ force?: boolean, backtestToken?: string | null }} how @throws {Problem} why it would be refused */
export async function planSave({ revision, ...body }, { force = false, backtestToken = null }) {
  const query = { dryRun: 'true', force: force ? 'true' : null, backtestToken };
  return (await ask('PUT', '/api/v1/rules', { query, headers: ifMatch(revision), ...body })).data;
}

/** @param {Wanted} wanted @param {Readonly<Record<string, string | null>>} query */
export async function saveRules({ revision, ...body }, query) {
  return (await ask('PUT', '/api/v1/rules', { query, headers: ifMatch(revision), ...body })).data;
}

/** @param {number} to the revision whose rules count again @param {number} revision the one in force @param {Readonly<Record<string, string | null>>} query */
export async function rollBack(to, revision, query) {
  const headers = { ...ifMatch(revision), ...idempotencyKey() };
  return (await ask('POST', '/api/v1/rules/rollback', { query, headers, body: { revision: to } })).data;
}

/** Starts a backtest. @param {Wanted} wanted @returns {Promise<string>} the id of the operation, with which the same draft can be saved */
export async function startBacktest({ body, type }) {
  const sent = { body, ...(type === undefined ? {} : { type }) };
  return (await ask('POST', '/api/v1/rules/backtest', { headers: idempotencyKey(), ...sent })).data.id;
}

/** @param {number} revision @param {AbortSignal} signal */
export function readRevision(revision, signal) {
  return get(`/api/v1/rules/history/${revision}`, { signal });
}

/** @param {number} revision */
function ifMatch(revision) {
  return { 'if-match': `"${revision}"` };
}
