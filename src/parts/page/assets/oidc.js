import { get, Problem } from './api.js';
import { forgetSignIn, keepSession, leaving, me, sessionIssuer, signedOutBecause, signOut } from './session.js';

/**
 * Signing in at the issuer: authorization code with PKCE, as a public client.
 * Sources: RFC 7636, RFC 9207, https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth
 * @typedef {{ issuer: string, clientId: string, authorizationEndpoint: string, tokenEndpoint: string, endSessionEndpoint: string | null,
 *   send: 'id_token' | 'access_token' }} Issuer
 */

/** A sign-in that has begun. `hash`: where the person was. @typedef {{ state: string, nonce: string, verifier: string, hash: string }} Begun */
/** What came back with the person. `begun`: null: this tab began none. @typedef {{ answer: URLSearchParams, begun: Begun | null }} Arrival */

const BEGUN = 'f2j-sign-in';
/** Characters of a text of the issuer that are shown. */
const MAX_SHOWN = 200;
/** Time limit for the issuer's answer, ms. */
const TOKEN_MS = 15_000;

/** The address to which the issuer sends people back, for sign-in and sign-out. Exactly this one is registered there. */
const home = () => `${location.origin}/`;

/** Goes to the issuer. @param {Issuer} issuer @throws {Problem} */
export async function beginSignIn(issuer) {
  if (!isSecureContext) {
    throw new Problem(
      'sign-in-needs-https',
      'This page was not opened over https',
      `Browsers allow this sign-in only over https, or at localhost. Open the page over https, not as ${location.origin}.`,
      0,
    );
  }
  const begun = { state: randomText(), nonce: randomText(), verifier: randomText(), hash: location.hash };
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(begun.verifier));
  try {
    sessionStorage.setItem(BEGUN, JSON.stringify(begun));
  } catch {
    throw new Problem('sign-in-unknown', 'This browser keeps nothing', 'Allow this page to keep data, and sign in again.', 0);
  }
  const asked = { response_type: 'code', scope: 'openid', client_id: issuer.clientId, redirect_uri: home() };
  const proof = {
    state: begun.state,
    nonce: begun.nonce,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  };
  leaving.set(true);
  location.assign(withQuery(issuer.authorizationEndpoint, { ...asked, ...proof }));
}

// The back button may bring this very page back, as it was left.
addEventListener('pageshow', () => leaving.set(false));

/** Takes what the issuer sent out of the address, and goes to where the person was. @returns {Arrival | null} null: the address holds no answer */
export function takeArrival() {
  const answer = new URLSearchParams(location.search);
  if (!['code', 'error', 'state'].some((name) => answer.has(name))) return null;
  const begun = takeBegun();
  history.replaceState(null, '', `/${begun?.hash ?? location.hash}`);
  return { answer, begun };
}

/** Turns the issuer's answer into a session. @param {Arrival} arrival @throws {Problem} why there is none, and what to do */
export async function finishSignIn({ answer, begun }) {
  const state = answer.get('state');
  if (begun === null || state !== begun.state) {
    const detail = 'It was begun in another tab, used before, or not begun by you. Nothing was done with it. Sign in again, here.';
    throw new Problem('sign-in-unknown', 'This answer belongs to no sign-in of this tab', detail, 0);
  }
  /** @type {{ oidc: Issuer | null }} */
  const { oidc } = await get('/sign-in.json');
  const from = answer.get('iss');
  if (oidc === null || (from !== null && from !== oidc.issuer)) {
    throw new Problem('sign-in-unknown', 'The answer is not of the issuer', 'Nothing was done with it. Sign in again.', 0);
  }
  const error = answer.get('error');
  if (error !== null) throw refusal(error, answer.get('error_description'));
  const tokens = await redeem(oidc, answer.get('code') ?? '', begun.verifier);
  checkIdToken(tokens.id_token, oidc, begun.nonce);
  const token = tokens[oidc.send];
  if (typeof token !== 'string' || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) {
    const detail = `The ${oidc.send === 'id_token' ? 'ID token' : 'access token'} is not a JSON Web Token, so the service cannot check it. An admin has to let the issuer give one for OIDC_AUDIENCE, or set OIDC_AUDIENCE to OIDC_CLIENT_ID: then the ID token counts.`;
    throw new Problem('sign-in-token', 'The issuer gave no token that counts here', detail, 0);
  }
  await enter(token, oidc);
}

/** Forgets the session, here and at the issuer, if it ends sessions. The tokens stay out of the address, so the issuer may ask whether it is meant. */
export function leave() {
  const issuer = sessionIssuer();
  signOut('');
  if (issuer === null || issuer.endSessionEndpoint === null) return;
  // Amazon Cognito has a name of its own for the way back: https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
  const back = { post_logout_redirect_uri: home(), logout_uri: home() };
  location.assign(withQuery(issuer.endSessionEndpoint, { client_id: issuer.clientId, ...back }));
}

/** @param {string} token @param {Issuer} issuer */
async function enter(token, issuer) {
  keepSession(token, { clientId: issuer.clientId, endSessionEndpoint: issuer.endSessionEndpoint });
  try {
    me.set(await get('/api/v1/me'));
    signedOutBecause.set('');
  } catch (error) {
    forgetSignIn();
    signedOutBecause.set('');
    throw error instanceof Problem && error.status === 401 ? explained(error) : error;
  }
}

/** The service's own words are for people who send tokens by hand. @type {Readonly<Record<string, [title: string, detail: string]>>} */
const FAULT = {
  'token-role': [
    'You have no role here',
    'The issuer knows you, but gives you none of the roles of this service. Ask an admin of the issuer to put you into a group that OIDC_ROLE_CLAIM names, then sign in again.',
  ],
  'token-audience': [
    'The token is meant for another service',
    'Its aud is not OIDC_AUDIENCE. An admin has to set OIDC_AUDIENCE to what the issuer writes there, or have the issuer write it.',
  ],
  'token-expired': [
    'The token has ended already',
    'It is new, so a clock is wrong by more than a minute. An admin has to compare the clock of the service with that of the issuer.',
  ],
  'token-early': [
    'The token is not valid yet',
    'It is new, so a clock is wrong by more than a minute. An admin has to compare the clock of the service with that of the issuer.',
  ],
};

/** @param {Problem} problem */
function explained(problem) {
  const [fault] = problem.errors;
  const [title, detail] = FAULT[fault?.code ?? ''] ?? [
    'The service does not take the token of the issuer',
    `${problem.detail}. An admin has to compare the token with OIDC_ISSUER and OIDC_AUDIENCE.`,
  ];
  return new Problem(fault?.code ?? problem.code, title, detail, problem.status, { instance: problem.instance });
}

/** @param {string} error @param {string | null} description */
function refusal(error, description) {
  const said = description === null ? error : `${error}: ${description.slice(0, MAX_SHOWN)}`;
  return error === 'access_denied'
    ? new Problem(
        'sign-in-denied',
        'The sign-in was refused or given up',
        `Sign in again. If it is refused again, ask an admin of the issuer for access to this service. The issuer says: ${said}`,
        0,
      )
    : new Problem(
        'sign-in-failed',
        'The issuer could not sign you in',
        `Try again; if it stays, an admin has to look at what the issuer says: ${said}`,
        0,
      );
}

/**
 * Gives the code for tokens. @param {Issuer} issuer @param {string} code @param {string} verifier
 * @returns {Promise<Record<string, unknown>>}
 */
async function redeem({ tokenEndpoint, clientId }, code, verifier) {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: home(),
    client_id: clientId,
    code_verifier: verifier,
  });
  /** @type {Response} */
  let answer;
  /** @type {any} */
  let said;
  try {
    const how = /** @type {const} */ ({ method: 'POST', credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer' });
    answer = await fetch(tokenEndpoint, { ...how, body, headers: { accept: 'application/json' }, signal: AbortSignal.timeout(TOKEN_MS) });
    said = await answer.json();
  } catch {
    const detail = `Sign in again. If it stays, an admin has to register this page at the issuer as a single-page app, so that ${new URL(tokenEndpoint).origin} answers pages of ${location.origin}.`;
    throw new Problem('sign-in-unreachable', 'The issuer gave no answer that this page may read', detail, 0);
  }
  if (answer.ok && typeof said === 'object' && said !== null) return said;
  const error = String(said?.error ?? `HTTP ${answer.status}`).slice(0, MAX_SHOWN);
  if (error === 'invalid_grant') {
    throw new Problem('sign-in-code', 'The code of this sign-in no longer counts', 'It was used before, or is too old. Sign in again.', 0);
  }
  const detail = `It says: ${error}. An admin has to register the client at the issuer as a public one (a single-page app without a secret) with PKCE, and ${home()} as its redirect URI.`;
  throw new Problem('sign-in-failed', 'The issuer gave no token', detail, 0);
}

/**
 * The service checks the token that it gets; only this page knows which ID token it asked for. It came from the issuer itself, over https.
 * @param {unknown} idToken @param {Issuer} issuer @param {string} nonce
 */
function checkIdToken(idToken, { issuer, clientId }, nonce) {
  const claims = claimsOf(idToken);
  if (claims.nonce === nonce && claims.iss === issuer && [claims.aud].flat().includes(clientId)) return;
  throw new Problem('sign-in-token', 'The issuer answered for another sign-in', 'Nothing was done with its answer. Sign in again.', 0);
}

/** @param {unknown} token @returns {Record<string, unknown>} */
function claimsOf(token) {
  try {
    const bytes = atob((String(token).split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'));
    return Object(JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)))));
  } catch {
    return {};
  }
}

/** Takes the sign-in that this tab began: a second answer finds none. @returns {Begun | null} */
function takeBegun() {
  try {
    const begun = JSON.parse(sessionStorage.getItem(BEGUN) ?? 'null');
    sessionStorage.removeItem(BEGUN);
    return begun;
  } catch {
    return null;
  }
}

/** 256 bits that cannot be guessed. */
function randomText() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** @param {Uint8Array} bytes */
function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** @param {string} address @param {Readonly<Record<string, string>>} query */
function withQuery(address, query) {
  const url = new URL(address);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}
