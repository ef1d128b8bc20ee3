import { useEffect, useState } from 'preact/hooks';
import { ago, bothTimes, duration, localTime } from '../format.js';
import { html } from '../html.js';

/** A time as a person near by says it, with both clocks in the title. @param {{ at: string, relative?: boolean }} props */
export function Time({ at, relative = true }) {
  useTick(relative ? 15_000 : 0);
  return html`<time datetime=${at} title=${bothTimes(at)}>${relative ? ago(at) : localTime(at)}</time>`;
}

/** What is left until a time, counted down. @param {{ at: number }} props `at`: epoch ms */
export function Countdown({ at }) {
  useTick(1_000);
  const left = Math.max(0, at - Date.now());
  return html`<time datetime=${new Date(at).toISOString()} title=${bothTimes(new Date(at).toISOString())}>${left === 0 ? 'now' : `in ${duration(left)}`}</time>`;
}

/** Draws the component again, now and then. @param {number} everyMs 0: never @returns {number} how often it did so */
export function useTick(everyMs) {
  const [count, tick] = useState(0);
  useEffect(() => {
    if (everyMs === 0) return;
    const timer = setInterval(() => tick((count) => count + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return count;
}
