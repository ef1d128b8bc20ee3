/**
 * What one of several may have of a rate: nobody gets less than an equal part unless it wants less, and what some do not want the others may have.
 * What nobody wants is split as well, with one part left over for a newcomer.
 * @param wanted by oneself, per second
 * @param rivals what each of the others wants, per second
 */
export function fairShare(rate: number, wanted: number, rivals: readonly number[]): number {
  const total = rivals.reduce((sum, rival) => sum + rival, wanted);
  const among = rivals.length + 1;
  if (total <= rate) return wanted + (rate - total) / (among + 1);
  let [left, level] = [rate, rate];
  const ascending = [...rivals, wanted].toSorted((a, b) => a - b);
  for (const [index, want] of ascending.entries()) {
    level = left / (among - index);
    if (want > level) break;
    left -= want;
  }
  return Math.min(wanted, level);
}
