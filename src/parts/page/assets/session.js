import { createStore } from './store.js';

/**
 * @typedef {'viewer' | 'operator' | 'admin'} Role
 * @typedef {{ name: string, role: Role, login: boolean }} Me
 */

const KEY = 'f2j-token';
const ROLES = /** @type {const} */ (['viewer', 'operator', 'admin']);

/** Who is signed in; null: a token is needed; undefined: not known yet. */
export const me = createStore(/** @type {Me | null | undefined} */ (undefined));

/** Why the sign-in is shown again, if there is a reason. */
export const signedOutBecause = createStore('');

/** The token lasts until the tab is closed. It is in no address, and no other tab sees it. */
export function token() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** @param {string | null} value */
export function keepToken(value) {
  try {
    if (value === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, value);
  } catch {
    // A browser that keeps nothing asks again after a reload.
  }
}

/** @param {string} because empty: the person wanted it */
export function signOut(because) {
  keepToken(null);
  signedOutBecause.set(because);
  me.set(null);
}

/** Whether a role includes the rights of another one. @param {Role} needed */
export function mayAct(needed) {
  const role = me.get()?.role;
  return role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
