import { createStore } from './store.js';

/**
 * The place in the page, kept behind the # of the address: `#/findings/ID?state=open`. It never holds a token.
 * @typedef {{ view: string, rest: readonly string[], query: Readonly<Record<string, string>> }} Route
 */

/** @param {string} hash @returns {Route} */
export function parseRoute(hash) {
  const [path = '', query = ''] = splitOnce(hash.replace(/^#?\/?/, ''), '?');
  const [view = '', ...rest] = path.split('/').map(decoded);
  return {
    view: view === '' ? 'overview' : view,
    rest: rest.filter((part) => part !== ''),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/**
 * The address of a place.
 * @param {string} view
 * @param {readonly string[]} [rest]
 * @param {Readonly<Record<string, string | null | undefined>>} [query] empty values are left out
 */
export function linkTo(view, rest = [], query = {}) {
  const kept = Object.entries(query).flatMap(([name, value]) => (value ? [/** @type {[string, string]} */ ([name, value])] : []));
  const search = new URLSearchParams(kept).toString();
  return `#/${[view, ...rest].map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`;
}

/** The current place. */
export const route = createStore(parseRoute(location.hash));

/** Follows the address: links, the back button, and `go`. */
export function startRouter() {
  addEventListener('hashchange', () => route.set(parseRoute(location.hash)));
}

/** @param {string} link as `linkTo` makes it @param {{ replace?: boolean }} [options] `replace`: without an entry for the back button */
export function go(link, { replace = false } = {}) {
  if (replace) {
    history.replaceState(null, '', link);
    route.set(parseRoute(location.hash));
  } else location.hash = link;
}

/** @param {string} text @param {string} at @returns {readonly string[]} */
function splitOnce(text, at) {
  const place = text.indexOf(at);
  return place === -1 ? [text] : [text.slice(0, place), text.slice(place + 1)];
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
