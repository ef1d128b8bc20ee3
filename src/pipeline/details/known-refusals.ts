import type { Refusal, KnownRefusal, DetailsCall } from '../ports/details-source.ts';

/**
 * Refusals that would come again for other findings, so that a thousand findings of an analyzer without permission are one question an hour.
 * Kept in the process: before a restart an operator may have granted the permission, which is worth a question.
 */
export interface KnownRefusals {
  remember(call: DetailsCall, analyzerArn: string, known: KnownRefusal): void;
  /** @param now store's clock, epoch ms */
  of(call: DetailsCall, analyzerArn: string, now: number): KnownRefusal | null;
}

/** More analyzers than an organization has. */
const MAX_ANALYZERS = 10_000;

export function createKnownRefusals(): KnownRefusals {
  const known = new Map<string, KnownRefusal>();
  const keyOf = (call: DetailsCall, analyzerArn: string, { concerns }: Pick<Refusal, 'concerns'>): string =>
    concerns === 'all' ? 'all' : `${call} ${analyzerArn}`;

  return {
    remember(call, analyzerArn, refused) {
      if (refused.refusal.concerns === 'finding') return;
      if (known.size >= MAX_ANALYZERS) known.clear();
      known.set(keyOf(call, analyzerArn, refused.refusal), refused);
    },
    of(call, analyzerArn, now) {
      const found = known.get('all') ?? known.get(`${call} ${analyzerArn}`);
      return found !== undefined && found.until > now ? found : null;
    },
  };
}
