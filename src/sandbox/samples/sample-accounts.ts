import type { SimulatedAccount } from '../organizations/organizations-simulator.ts';

const ROOT = 'r-demo';
const [PRODUCTION, SANDBOX] = ['ou-demo-production1', 'ou-demo-sandboxes1'] as const;

/** The organization that the accounts of the sample findings are in. */
export const SAMPLE_ACCOUNTS: readonly SimulatedAccount[] = [
  { id: '111122223333', name: 'platform', state: 'ACTIVE', path: [ROOT, PRODUCTION] },
  { id: '222233334444', name: 'shop', state: 'ACTIVE', path: [ROOT, PRODUCTION] },
  { id: '333344445555', name: 'analytics', state: 'ACTIVE', path: [ROOT, PRODUCTION] },
  { id: '444455556666', name: 'identity', state: 'ACTIVE', path: [ROOT] },
  { id: '555566667777', name: 'sandbox', state: 'SUSPENDED', path: [ROOT, SANDBOX] },
  { id: '999988887777', name: 'security', state: 'ACTIVE', path: [ROOT] },
];
