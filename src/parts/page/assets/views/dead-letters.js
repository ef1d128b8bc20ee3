import { ask, get } from '../api.js';
import { redriveLetters } from '../actions.js';
import { Facts, ViewHead } from '../components/card.js';
import { confirm } from '../components/confirm.js';
import { Dialog } from '../components/dialog.js';
import { Icon } from '../components/icon.js';
import { Empty, Loading, ProblemBox } from '../components/states.js';
import { Table } from '../components/table.js';
import { Copyable, Foreign } from '../components/text.js';
import { Time } from '../components/time.js';
import { useLoad } from '../components/use-load.js';
import { More, usePages } from '../components/use-pages.js';
import { number, plural, visibleLines } from '../format.js';
import { html } from '../html.js';
import { status } from '../live.js';
import { go, linkTo } from '../router.js';
import { mayAct } from '../session.js';
import { useStore } from '../store.js';
import { wordFor } from '../words.js';
import { UNREADABLE } from './dead-letters/unreadable-words.js';

/** Messages that could not be read; one of them opens in a sheet. @param {{ route: import('../router.js').Route }} props */
export function View({ route: { rest, query } }) {
  const seen = useStore(status);
  const { because } = query;
  const letters = usePages('/api/v1/dead-letters', { because }, [seen?.deadLetters]);
  const [opened] = rest;
  const dropped = seen?.deadLettersDropped ?? 0;
  const none = letters.loaded && letters.items.length === 0;
  return html`<div class="view">
    <${ViewHead} title="Dead letters" hint="Messages that could not be read; each is kept for 14 days after its last delivery">
      ${
        mayAct('operator')
          ? html`<button type="button" class="button" onClick=${() => redriveLetters(letters.reload)}><${Icon} name="retry" size=${15} />Read all again</button>`
          : null
      }
    <//>
    ${letters.problem === null ? null : html`<${ProblemBox} problem=${letters.problem} again=${letters.reload} />`}
    ${dropped === 0 ? null : html`<p class="plan note">${plural(dropped, 'older message')} made room for newer ones. Each is still in its dead-letter queue.</p>`}
    ${because === undefined ? null : html`<p class="active-filters note">Only: <b>${wordFor(UNREADABLE, because).word}</b> <a href=${linkTo('dead-letters')}>Show all</a></p>`}
    ${!letters.loaded && letters.problem === null ? html`<${Loading} lines=${5} what="Loading the messages" />` : null}
    ${none ? html`<div class="card"><${Empty} title="Every message could be read" icon="letters">A message that is no finding is kept here with the reason, so that none is lost.<//></div>` : null}
    ${
      letters.items.length === 0
        ? null
        : html`<section class="card letters"><${Table} caption="Messages that could not be read" rows=${letters.items} keyOf=${(/** @type {any} */ { id }) => id} columns=${COLUMNS} /><${More} pages=${letters} /></section>`
    }
    ${opened === undefined ? null : html`<${Letter} key=${opened} id=${opened} onClose=${() => go(linkTo('dead-letters', [], { because }))} onGone=${letters.reload} />`}
  </div>`;
}

/** @type {readonly import('../components/table.js').Column<any>[]} */
const COLUMNS = [
  {
    name: 'Reason',
    cell: (letter) => html`<a class="row-name" href=${linkTo('dead-letters', [letter.id])}>${wordFor(UNREADABLE, letter.because).word}</a>`,
  },
  {
    name: 'Place',
    cell: ({ path }) =>
      path === '' ? html`<span class="faint">whole message</span>` : html`<code><${Foreign}>${path.slice(0, 200)}<//></code>`,
  },
  { name: 'Expected', cell: ({ message }) => html`<span class="clamp"><${Foreign}>${message}<//></span>` },
  { name: 'Queue', cell: ({ queueUrl }) => html`<${Foreign}>${queueName(queueUrl)}<//>` },
  { name: 'Delivered', num: true, cell: ({ times }) => plural(times, 'time') },
  { name: 'Last', cell: ({ lastSeenAt }) => html`<span class="nowrap"><${Time} at=${lastSeenAt} /></span>` },
];

/** @param {string} url */
function queueName(url) {
  return url.slice(url.lastIndexOf('/') + 1);
}

/** @param {{ id: string, onClose: () => void, onGone: () => void }} props */
function Letter({ id, onClose, onGone }) {
  const { data: letter, problem, reload } = useLoad((signal) => get(`/api/v1/dead-letters/${encodeURIComponent(id)}`, { signal }), [id]);
  const { word, tone, hint } = wordFor(UNREADABLE, letter?.because ?? 'Message');
  const gone = () => {
    onGone();
    onClose();
  };
  return html`<${Dialog} side title=${word} onClose=${onClose}>
    <div class="dialog-body sheet-body">
      ${problem === null ? null : html`<${ProblemBox} problem=${problem} again=${reload} />`}
      ${letter === null && problem === null ? html`<${Loading} lines=${6} what="Loading the message" />` : null}
      ${
        letter === null
          ? null
          : html`<p class=${`because ${tone}`}>${letter.path === '' ? null : html`<code><${Foreign}>${letter.path}<//></code> `}<b><${Foreign}>${letter.message}<//></b>. ${hint}</p>
            ${
              mayAct('operator')
                ? html`<div class="sheet-actions">
                  <button type="button" class="button" onClick=${() => redriveLetters(gone)}><${Icon} name="retry" size=${15} />Read all again</button>
                  <button type="button" class="button" onClick=${() => dismiss(letter, gone)}><${Icon} name="bin" size=${15} />Dismiss</button>
                </div>`
                : null
            }
            <section><h3>Facts</h3><${Facts} facts=${factsOf(letter)} /></section>
            <section><h3>Body</h3><${Body} letter=${letter} /></section>`
      }
    </div>
  <//>`;
}

/** @param {any} letter @returns {readonly (readonly [string, any])[]} */
function factsOf({ because, queueUrl, times, firstSeenAt, lastSeenAt, length, id }) {
  return [
    ['Reason', html`<code>${because}</code>`],
    ['Queue', html`<${Foreign} mono>${queueUrl}<//>`],
    ['Delivered', plural(times, 'time')],
    ['First', html`<${Time} at=${firstSeenAt} relative=${false} />`],
    ['Last', html`<${Time} at=${lastSeenAt} relative=${false} />`],
    ['Length', `${number(length)} characters`],
    ['SHA-256', html`<${Copyable} value=${id} what="the hash" />`],
  ];
}

/** So many characters are drawn; more would make the page slow. */
const DRAWN = 100_000;

/** @param {{ letter: any }} props */
function Body({ letter: { body } }) {
  if (body === null) return html`<p class="soft">The body may hold anything, so only operators and admins see it.</p>`;
  const text = readable(body);
  return html`<pre tabindex="0" aria-label="Body of the message" class="body"><bdi>${visibleLines(text.slice(0, DRAWN))}</bdi></pre>
    ${text.length > DRAWN ? html`<p class="faint">The first ${number(DRAWN)} characters.</p>` : null}`;
}

/** JSON with line breaks; anything else as it came. @param {string} body */
function readable(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/** @param {any} letter @param {() => void} after */
function dismiss({ id, times }, after) {
  confirm({
    title: 'Dismiss this message',
    will: [
      `The message, which came ${plural(times, 'time')}, is no longer kept here, and nothing is read from it.`,
      'A copy in a dead-letter queue of SQS stays there. If the same message comes again, it appears here again.',
    ],
    label: 'Dismiss',
    danger: true,
    run: async () => {
      await ask('DELETE', `/api/v1/dead-letters/${encodeURIComponent(id)}`);
      return { text: 'Message dismissed' };
    },
    after,
  });
}
