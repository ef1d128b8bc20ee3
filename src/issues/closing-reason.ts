import type { Lifecycle } from '../findings/lifecycle.ts';

/**
 * Why no member needs an issue any more; the strongest reason of all members. `unrouted`: the rules no longer send the finding to Jira and
 * say that its issue is then closed. `unanalysed`: AWS calls the finding RESOLVED because its analysis broke, and its resource has an error
 * finding; never a fix.
 */
export type ClosingReason = Exclude<Lifecycle, 'active'> | 'unanalysed' | 'unrouted';
