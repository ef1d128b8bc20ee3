import { useEffect, useRef, useState } from 'preact/hooks';
import { number } from '../format.js';
import { html } from '../html.js';
import { connection, followStatus, status } from '../live.js';
import { isDark, look, setLook } from '../look.js';
import { leave } from '../oidc.js';
import { linkTo, route } from '../router.js';
import { me } from '../session.js';
import { useStore } from '../store.js';
import { openViews, viewOf } from '../views.js';
import { Confirmation } from './confirm.js';
import { Dialog } from './dialog.js';
import { Icon } from './icon.js';
import { Empty, Loading, ProblemBox } from './states.js';
import { Toasts } from './toasts.js';

/** The frame around every view: navigation, who is signed in, and whether the service answers. */
export function Shell() {
  const at = useStore(route);
  const main = useRef(/** @type {HTMLElement | null} */ (null));
  const [menu, setMenu] = useState(false);
  useEffect(followStatus, []);
  const entry = openViews().find(({ id }) => id === at.view) ?? null;
  useEffect(() => {
    document.title = entry === null ? 'findings-to-jira' : `${entry.title} · findings-to-jira`;
    setMenu(false);
    scrollTo(0, 0);
  }, [at.view]);
  const skip = (/** @type {Event} */ event) => {
    event.preventDefault();
    main.current?.focus();
  };
  return html`<div class="shell">
    <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <header class="topbar">
      <${Brand} />
      <${Live} />
      <button type="button" class="icon-button" aria-label="Menu" aria-expanded=${menu} onClick=${() => setMenu(true)}><${Icon} name="menu" size=${20} /></button>
    </header>
    <aside class="side"><${Brand} /><${Side} /></aside>
    ${menu ? html`<${Dialog} title="Menu" side className="menu" onClose=${() => setMenu(false)}><div class="side"><${Side} onGo=${() => setMenu(false)} /></div><//>` : null}
    <main id="main" class="main" ref=${main} tabindex="-1">
      <${Away} />
      ${
        entry === null
          ? html`<div class="view"><${Empty} title=${viewOf(at.view) === null ? 'There is no such page' : 'Your role may not open this page'} icon="info">
            <a href=${linkTo('overview')}>Go to the overview</a>
          <//></div>`
          : html`<${Lazy} key=${entry.id} load=${entry.load} route=${at} />`
      }
    </main>
    <${Confirmation} />
    <${Toasts} />
  </div>`;
}

function Brand() {
  return html`<a class="brand" href=${linkTo('overview')}><img src="/page/icon.svg" alt="" width="26" height="26" /><span>findings-to-jira</span></a>`;
}

/** @param {{ onGo?: () => void }} props */
function Side({ onGo }) {
  const [at, seen, who] = [useStore(route), useStore(status), useStore(me)];
  const groups = Map.groupBy(openViews(), ({ group }) => group);
  return html`<nav class="nav" aria-label="Views">
      ${[...groups].map(
        ([name, views]) =>
          html`<div key=${name} class="nav-group">
            ${name === '' ? null : html`<p>${name}</p>`}
            ${views.map(({ id, title, icon, count }) => {
              const counted = seen === null || !count ? 0 : count(seen);
              return html`<a key=${id} href=${linkTo(id)} aria-current=${at.view === id ? 'page' : undefined} onClick=${onGo}>
                <${Icon} name=${icon} />${title}${counted === 0 ? null : html`<span class="count badge quiet">${number(counted)}</span>`}
              </a>`;
            })}
          </div>`,
      )}
    </nav>
    <div class="side-foot">
      <div class="looks"><${Live} /><${Looks} /></div>
      <a class="soft small-link" href="/docs"><${Icon} name="book" size=${16} />API reference</a>
      ${
        who
          ? html`<div class="who">
            <div>
              <b>${who.login ? who.name : 'This machine'}</b>
              <span title=${ROLE_HINT[who.role]}>${who.role}${who.login ? '' : ', no token needed'}</span>
            </div>
            ${
              who.login
                ? html`<button type="button" class="icon-button" aria-label="Sign out" title="Sign out" onClick=${leave}><${Icon} name="out" /></button>`
                : null
            }
          </div>`
          : null
      }
    </div>`;
}

const ROLE_HINT = {
  viewer: 'May look at everything but the audit',
  operator: 'May also reconcile, link, release, retry, pause and sweep',
  admin: 'May also change the rules and read the audit',
};

/** Switches of theme and density. */
function Looks() {
  const [, redraw] = useState(0);
  const toggle = (/** @type {'theme' | 'density'} */ name, /** @type {string | null} */ value) => {
    setLook(name, value);
    redraw((count) => count + 1);
  };
  const [dark, dense] = [isDark(), look('density') === 'compact'];
  return html`<span>
    <button type="button" class="icon-button" aria-pressed=${dense} aria-label="Dense rows" title="Dense rows" onClick=${() => toggle('density', dense ? null : 'compact')}>
      <${Icon} name="rows" />
    </button>
    <button type="button" class="icon-button" aria-label=${dark ? 'Light theme' : 'Dark theme'} title=${dark ? 'Light theme' : 'Dark theme'} onClick=${() => toggle('theme', dark ? 'light' : 'dark')}>
      <${Icon} name=${dark ? 'sun' : 'moon'} />
    </button>
  </span>`;
}

/** Whether what is shown is current. */
function Live() {
  const { by, problem } = useStore(connection);
  if (by === 'none' && problem === null) return html`<span class="live quiet"><i class="dot" />Connecting</span>`;
  if (problem !== null) return html`<span class="live critical"><i class="dot" />No data</span>`;
  return by === 'stream'
    ? html`<span class="live good" title="Changes are shown as they happen"><i class="dot" />Live</span>`
    : html`<span class="live medium" title="The status is asked for every few seconds"><i class="dot" />Every 5 s</span>`;
}

/** Says above the view that the service does not answer; what was there before stays readable. */
function Away() {
  const { problem } = useStore(connection);
  return problem === null ? null : html`<div class="view away"><${ProblemBox} problem=${problem} /></div>`;
}

/** @param {{ load: () => Promise<{ View: any }>, route: import('../router.js').Route }} props */
function Lazy({ load, route: at }) {
  const [state, setState] = useState(/** @type {{ View: any, problem: unknown }} */ ({ View: null, problem: null }));
  const begin = () =>
    void load().then(
      ({ View }) => setState({ View, problem: null }),
      (problem) => setState({ View: null, problem }),
    );
  useEffect(begin, []);
  const { View, problem } = state;
  if (problem !== null) {
    return html`<div class="view"><${Empty} title="This page has changed meanwhile" icon="info">
      <button type="button" class="button primary" onClick=${() => location.reload()}>Load it again</button>
    <//></div>`;
  }
  return View === null ? html`<div class="view"><${Loading} lines=${6} /></div>` : html`<${View} route=${at} />`;
}
