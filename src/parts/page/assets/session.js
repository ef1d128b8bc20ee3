import { createStore } from './store.js';

/**
 * @typedef {'viewer' | 'operator' | 'admin'} Role
 * @typedef {{ name: string, role: Role, login: boolean }} Me
 */

const TOKEN = 'f2j-token';
const ISSUER = 'f2j-issuer';
const ROLES = /** @type {const} */ (['viewer', 'operator', 'admin']);

/** Who is signed in; null: a token is needed; undefined: not known yet. */
export const me = createStore(/** @type {Me | null | undefined} */ (undefined));

/** Why the sign-in is shown again, if there is a reason. */
export const signedOutBecause = createStore('');

/** Whether the browser is on its way to the issuer, from where it comes back to this page. */
export const leaving = createStore(false);

/** The token lasts until the tab is closed. It is in no address, and no other tab sees it. */
export function token() {
  return kept(TOKEN);
}

/** Where the session began, to end it there as well; null: the person brought a token. @typedef {{ clientId: string, endSessionEndpoint: string | null }} SessionIssuer */

/** @returns {SessionIssuer | null} */
export function sessionIssuer() {
  const text = kept(ISSUER);
  return text === null ? null : JSON.parse(text);
}

/** @param {string} value @param {SessionIssuer | null} issuer */
export function keepSession(value, issuer) {
  keep(TOKEN, value);
  keep(ISSUER, issuer === null ? null : JSON.stringify(issuer));
}

/** Forgets the token. */
export function forgetSignIn() {
  keep(TOKEN, null);
  keep(ISSUER, null);
}

/** @param {string} because empty: the person wanted it */
export function signOut(because) {
  forgetSignIn();
  signedOutBecause.set(because);
  me.set(null);
}

/** The token is no longer taken. What is open stays in the address, so that the next sign-in leads back to it. */
export function sessionEnded() {
  const atIssuer = sessionIssuer() !== null;
  signOut(
    atIssuer
      ? 'Your sign-in has ended. Sign in again: you come back to where you were.'
      : 'The token is no longer accepted. Sign in again.',
  );
}

/** Whether a role includes the rights of another one. @param {Role} needed */
export function mayAct(needed) {
  const role = me.get()?.role;
  return role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** @param {string} name */
function kept(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string | null} value */
function keep(name, value) {
  try {
    if (value === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing asks again after a reload.
  }
}
