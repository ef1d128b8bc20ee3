import { mayAct } from './session.js';

/**
 * Every view of the page: a line here, and a file in `views/` that exports it as `View`. A view gets its `Route`, and reads the rest from
 * the stores `status` and `me`. `role`: who may open it. `count` puts a number beside the name.
 * @typedef {{ id: string, title: string, icon: import('./components/icon.js').IconName, group: '' | 'Work' | 'Configure' | 'Service',
 *   role: import('./session.js').Role, load: () => Promise<{ View: (props: { route: import('./router.js').Route }) => any }>,
 *   count?: (status: any) => number }} ViewEntry
 */

/** @type {readonly ViewEntry[]} */
export const VIEWS = [
  { id: 'overview', title: 'Overview', icon: 'overview', group: '', role: 'viewer', load: () => import('./views/overview.js') },
  { id: 'findings', title: 'Findings', icon: 'findings', group: '', role: 'viewer', load: () => import('./views/findings.js') },
  {
    id: 'failures',
    title: 'Failures',
    icon: 'failures',
    group: 'Work',
    role: 'viewer',
    load: () => import('./views/failures.js'),
    count: ({ failures }) => failures,
  },
  {
    id: 'dead-letters',
    title: 'Dead letters',
    icon: 'letters',
    group: 'Work',
    role: 'viewer',
    load: () => import('./views/dead-letters.js'),
    count: ({ deadLetters }) => deadLetters,
  },
  {
    id: 'pauses',
    title: 'Pauses',
    icon: 'pauses',
    group: 'Work',
    role: 'viewer',
    load: () => import('./views/pauses.js'),
    count: ({ pauses }) => pauses.length,
  },
  { id: 'rules', title: 'Rules', icon: 'rules', group: 'Configure', role: 'viewer', load: () => import('./views/rules.js') },
  { id: 'sweeps', title: 'Sweeps', icon: 'sweeps', group: 'Service', role: 'viewer', load: () => import('./views/sweeps.js') },
  { id: 'doctor', title: 'Doctor', icon: 'doctor', group: 'Service', role: 'operator', load: () => import('./views/doctor.js') },
  { id: 'audit', title: 'Audit', icon: 'audit', group: 'Service', role: 'admin', load: () => import('./views/audit.js') },
];

/** @param {string} id */
export function viewOf(id) {
  return VIEWS.find((view) => view.id === id) ?? null;
}

/** The views that the role of this person may open. */
export function openViews() {
  return VIEWS.filter(({ role }) => mayAct(role));
}

/** The first of these views that is there and may be opened. @param {readonly [string, Record<string, string>?][]} wanted with their queries */
export function firstOpen(wanted) {
  return wanted.find(([id]) => openViews().some((view) => view.id === id)) ?? null;
}
