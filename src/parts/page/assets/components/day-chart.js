import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { number } from '../format.js';
import { html } from '../html.js';

const HEIGHT = 190;
const [LEFT, RIGHT, TOP, BOTTOM] = [34, 4, 10, 24];

/**
 * Two counts a day as bars: what came above the line, what went below. A table with the same numbers is there for screen readers.
 * @param {{ days: readonly { day: string, opened: number, closed: number }[], label: string }} props `day`: YYYY-MM-DD
 */
export function DayChart({ days, label }) {
  const [frame, width] = useWidth();
  const [at, setAt] = useState(/** @type {number | null} */ (null));
  const most = niceMax(Math.max(1, ...days.map(({ opened, closed }) => Math.max(opened, closed))));
  const step = (width - LEFT - RIGHT) / Math.max(1, days.length);
  const bar = Math.max(2, Math.min(18, step * 0.36));
  const y = (/** @type {number} */ count) => TOP + (1 - count / most) * (HEIGHT - TOP - BOTTOM);
  const shown = at === null ? null : days[at];
  const every = Math.max(1, Math.ceil(days.length / Math.max(2, Math.floor(width / 74))));
  return html`<figure class="chart" ref=${frame}>
    <figcaption class="chart-key">
      <span><i class="dot accent" />Opened</span><span><i class="dot good" />Closed</span>
      <span class="chart-now num" aria-hidden="true">${shown ? `${dayName(shown.day)}: ${number(shown.opened)} opened, ${number(shown.closed)} closed` : ''}</span>
    </figcaption>
    <svg width=${width} height=${HEIGHT} aria-hidden="true" onMouseLeave=${() => setAt(null)}>
      ${[0, most / 2, most].map(
        (tick) =>
          html`<g key=${tick}>
            <line class="grid" x1=${LEFT} x2=${width - RIGHT} y1=${y(tick)} y2=${y(tick)} />
            <text class="tick" x=${LEFT - 8} y=${y(tick) + 4} text-anchor="end">${number(tick)}</text>
          </g>`,
      )}
      ${days.map(({ day, opened, closed }, index) => {
        const middle = LEFT + step * (index + 0.5);
        return html`<g key=${day} class=${index === at ? 'on' : undefined}>
          <rect class="hit" x=${LEFT + step * index} y=${TOP} width=${step} height=${HEIGHT - TOP - BOTTOM} onMouseEnter=${() => setAt(index)} />
          <${Bar} x=${middle - bar - 0.5} width=${bar} top=${y(opened)} bottom=${y(0)} tone="accent" />
          <${Bar} x=${middle + 0.5} width=${bar} top=${y(closed)} bottom=${y(0)} tone="good" />
          ${(days.length - 1 - index) % every === 0 && index > 0 ? html`<text class="tick" x=${Math.min(middle, width - 18)} y=${HEIGHT - 6} text-anchor="middle">${dayName(day)}</text>` : null}
        </g>`;
      })}
    </svg>
    <table class="sr-only">
      <caption>${label}</caption>
      <thead><tr><th scope="col">Day</th><th scope="col">Opened</th><th scope="col">Closed</th></tr></thead>
      <tbody>${days.map(({ day, opened, closed }) => html`<tr key=${day}><th scope="row">${day}</th><td>${opened}</td><td>${closed}</td></tr>`)}</tbody>
    </table>
  </figure>`;
}

/** A bar with a round top. @param {{ x: number, width: number, top: number, bottom: number, tone: string }} props */
function Bar({ x, width, top, bottom, tone }) {
  const height = bottom - top;
  if (height <= 0) return null;
  const r = Math.min(3, width / 2, height);
  const d = `M${x} ${bottom}V${top + r}Q${x} ${top} ${x + r} ${top}H${x + width - r}Q${x + width} ${top} ${x + width} ${top + r}V${bottom}Z`;
  return html`<path class=${`bar ${tone}`} d=${d} />`;
}

/** The next even number that divides well. @param {number} count */
function niceMax(count) {
  const size = 10 ** Math.floor(Math.log10(count));
  const step = [1, 2, 4, 6, 8, 10].find((one) => one * size >= count) ?? 10;
  return Math.max(2, step * size);
}

const DAY = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** @param {string} day */
function dayName(day) {
  return DAY.format(new Date(`${day}T00:00:00Z`));
}

/** @returns {[import('preact').RefObject<HTMLElement | null>, number]} */
function useWidth() {
  const frame = useRef(/** @type {HTMLElement | null} */ (null));
  const [width, setWidth] = useState(600);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const watch = new ResizeObserver(([entry]) => entry && setWidth(Math.max(240, Math.floor(entry.contentRect.width))));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return [frame, width];
}
