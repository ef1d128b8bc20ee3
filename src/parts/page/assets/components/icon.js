import { html } from '../html.js';

/** Line icons on a grid of 20. */
const PATHS = {
  overview: 'M3 11h5V3H3v8Zm0 6h5v-3H3v3Zm9 0h5V9h-5v8Zm0-14v3h5V3h-5Z',
  findings: 'M9 15.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm8.5 2-4-4M9 6v3.2l2 1.3',
  rules: 'M3 5h9m3 0h2M3 10h3m3 0h8M3 15h7m3 0h4M13.5 3v4M7.5 8v4M11.5 13v4',
  failures: 'M10 3 2.5 16.5h15L10 3Zm0 5v4m0 2.2v.1',
  letters: 'M2.5 5h15v10h-15V5Zm.3.4L10 11l7.2-5.6',
  sweeps: 'M16.5 8A7 7 0 0 0 4 6.5M3.5 3v4h4M3.5 12A7 7 0 0 0 16 13.5m.5 3.5v-4h-4',
  pauses: 'M7 4v12M13 4v12',
  doctor: 'M2.5 10.5h3.2l2-5 3.6 9.5 2.3-6 1.1 1.5h2.8',
  audit: 'M5 2.5h10v15H5v-15ZM8 7h4M8 10h4M8 13h2.5',
  sun: 'M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M15.7 4.3l-1.1 1.1M5.4 14.6l-1.1 1.1',
  moon: 'M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3Z',
  rows: 'M3 5h14M3 10h14M3 15h14',
  menu: 'M3 6h14M3 10h14M3 14h14',
  close: 'm5 5 10 10M15 5 5 15',
  search: 'M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11Zm8 2.5-4-4',
  check: 'm4 10.5 4 4 8-9',
  alert: 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15Zm0 4v4.2m0 2.6v.1',
  info: 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15Zm0 6.2v5m0-7.3v.1',
  external: 'M8 4H4v12h12v-4M11 3.5h5.5V9M16 4l-7 7',
  download: 'M10 3v9m-4-3.5 4 4 4-4M3.5 16.5h13',
  retry: 'M16.2 10a6.2 6.2 0 1 1-1.9-4.5M15.5 2.5v3.4h-3.4',
  link: 'm8.5 11.5 3-3M9 6l1.7-1.7a3.5 3.5 0 0 1 5 5L14 11M6 9l-1.7 1.7a3.5 3.5 0 0 0 5 5L11 14',
  unlink: 'M9 6l1.7-1.7a3.5 3.5 0 0 1 5 5L14 11M6 9l-1.7 1.7a3.5 3.5 0 0 0 5 5L11 14M3 3l14 14',
  release: 'M5 9V6.5a4.5 4.5 0 0 1 8.7-1.6M4 9h12v8H4V9Zm6 3v2',
  copy: 'M7 7h9.5v9.5H7V7Zm-3.5 6V3.5H13',
  chevron: 'm7.5 5 5 5-5 5',
  filter: 'M3 5h14l-5.5 6v5l-3-1.5V11L3 5Z',
  out: 'M8 4H4v12h4M8 10h9m-3.5-3.5L17 10l-3.5 3.5',
  plus: 'M10 4v12M4 10h12',
  play: 'M6 4v12l10-6L6 4Z',
  pencil: 'M4 16l.8-3.6L13 4.2l2.8 2.8-8.2 8.2L4 16Zm7.5-10.3 2.8 2.8',
  bin: 'M4 6h12M8 6V4h4v2m-6.5 0 .8 10.5h7.4L14.5 6M8.5 9v5m3-5v5',
  back: 'M8 5 3.5 9.5 8 14M4 9.5h8a4.5 4.5 0 0 1 0 7h-1',
  book: 'M4 3.5h8.5A2.5 2.5 0 0 1 15 6v10.5H6A2 2 0 0 1 4 14.5v-11Zm0 11a2 2 0 0 1 2-2h9',
};

/** @typedef {keyof typeof PATHS} IconName */

/** A picture beside a word, which screen readers pass over. @param {{ name: IconName, size?: number }} props */
export function Icon({ name, size = 18 }) {
  return html`<svg class="icon" viewBox="0 0 20 20" width=${size} height=${size} aria-hidden="true" focusable="false">
    <path d=${PATHS[name]} />
  </svg>`;
}
