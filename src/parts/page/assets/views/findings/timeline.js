import { Foreign } from '../../components/text.js';
import { bothTimes, localDay, localSeconds } from '../../format.js';
import { html } from '../../html.js';
import { linkTo } from '../../router.js';
import { becauseText, HISTORY, observationText, wordFor } from '../../words.js';

/**
 * What happened to a finding, the newest first, with the requests to Jira that it took.
 * @param {{ entries: readonly import('./timeline-entries.js').TimelineEntry[], firstSeenAt: string }} props
 */
export function Timeline({ entries: all, firstSeenAt }) {
  const days = Map.groupBy(all.toReversed(), ({ at }) => localDay(at));
  return html`<div class="timeline">
    ${[...days].map(
      ([day, entries]) =>
        html`<div key=${day}>
          <p class="timeline-day">${day}</p>
          <ol>${entries.map((entry, at) => html`<${Entry} key=${`${entry.at} ${entry.what} ${at}`} entry=${entry} />`)}</ol>
        </div>`,
    )}
    ${all.length === 0 ? html`<p class="soft">Nothing since it was first seen on ${localDay(firstSeenAt)}.</p>` : null}
  </div>`;
}

/** @param {{ entry: any }} props */
function Entry({ entry }) {
  const { at, what, because, issueKey, calls = [], audit } = entry;
  const { word, tone, hint } = wordFor(HISTORY, what);
  return html`<li class=${`entry ${tone}`}>
    <i class="dot" />
    <div>
      <div class="entry-line">
        <b>${word}</b>${issueKey === null ? null : html`<span class="badge quiet"><${Foreign}>${issueKey}<//></span>`}
        <span class="faint">${hint}</span>
        <time class="faint num" datetime=${at} title=${bothTimes(at)}>${localSeconds(at)}</time>
      </div>
      <p class="soft"><${Foreign}>${what === 'accepted' ? observationText(because) : becauseText(because)}<//></p>
      ${
        audit === undefined
          ? null
          : html`<p class="faint"><a href=${linkTo('audit', [], { target: audit.target, action: audit.action })}>In the audit</a>, request <code><${Foreign}>${audit.requestId}<//></code></p>`
      }
      ${
        calls.length === 0
          ? null
          : html`<details>
            <summary>${calls.length === 1 ? '1 request to Jira' : `${calls.length} requests to Jira`}</summary>
            <ul class="calls">
              ${calls.map(
                (/** @type {any} */ { operation, result, tookMs, requestId }, /** @type {number} */ index) =>
                  html`<li key=${index}>
                    <code>${operation}</code><b class=${result.startsWith('2') ? 'tone good' : 'tone critical'}>${result}</b><span class="faint num">${Math.round(tookMs)} ms</span>
                    ${requestId ? html`<span class="faint mono" title="For the support of Atlassian"><${Foreign}>${requestId}<//></span>` : null}
                  </li>`,
              )}
            </ul>
          </details>`
      }
    </div>
  </li>`;
}
