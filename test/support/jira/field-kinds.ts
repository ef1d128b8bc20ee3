import type { CustomField } from '../../../src/sandbox/jira/simulated-field.ts';

/** The ids of two teams, a new and an older one. */
export const [RED, BLUE] = ['36885b3c-1bf0-4f85-a357-c5b858c31de4', '72e166fb-d26c-4a61-b0de-7a290d91708f-1809'];

/** A field that cannot be left out. */
export const TEAM: CustomField = {
  id: 'customfield_10001',
  name: 'Team',
  kind: 'rm-teams-custom-field-team',
  options: [RED, BLUE],
  required: true,
};
/** A field of each kind. */
export const FIELDS: readonly CustomField[] = [
  TEAM,
  { id: 'customfield_10010', name: 'Request Type', kind: 'vp-origin', options: ['sec/cloud-finding'] },
  { id: 'customfield_10002', name: 'Organizations', kind: 'sd-customer-organizations', options: ['322', '7'] },
  { id: 'customfield_10003', name: 'Area', kind: 'cascadingselect', options: [{ label: 'Cloud', below: ['us-west-2', 'Storage'] }] },
  { id: 'customfield_10020', name: 'Sprint', kind: 'gh-sprint', options: ['37'] },
  { id: 'customfield_10030', name: 'Resource', kind: 'textfield' },
  { id: 'customfield_10031', name: 'Notes', kind: 'textarea' },
  { id: 'customfield_10032', name: 'Runbook', kind: 'url' },
  { id: 'customfield_10033', name: 'Account', kind: 'float' },
  { id: 'customfield_10034', name: 'Since', kind: 'datepicker' },
  { id: 'customfield_10035', name: 'First seen', kind: 'datetime' },
  { id: 'customfield_10036', name: 'Severity', kind: 'select', options: ['High', 'Low'] },
  { id: 'customfield_10037', name: 'Regions', kind: 'multiselect', options: ['us-west-2', 'Any'] },
  { id: 'customfield_10038', name: 'Owner', kind: 'userpicker' },
  { id: 'customfield_10039', name: 'Owners', kind: 'multiuserpicker' },
  { id: 'customfield_10040', name: 'Group', kind: 'grouppicker' },
  { id: 'customfield_10041', name: 'Tags', kind: 'labels' },
  { id: 'customfield_10042', name: 'Fixed in', kind: 'multiversion', options: ['us-west-2'] },
  { id: 'customfield_10043', name: 'Odd', kind: 'odd' },
];
