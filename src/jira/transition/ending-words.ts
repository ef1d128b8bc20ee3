/*
 * Words for ends that are no fix, as data; docs/rules.md lists them all. The words for "fixed", and those that never are, stand in
 * outcome-words.ts.
 */

/** An accepted risk, best first: where an archived finding ends if the workflow has one of them. */
export const ACCEPTED_WORDS: readonly string[] = listed(`
  risk accepted, accepted risk, risk acceptance, accept risk, accept the risk, risiko akzeptiert, risque accepté,
  riesgo aceptado, risco aceito, rischio accettato, risico geaccepteerd, ryzyko zaakceptowane, リスク受容
`);

/** Work that is not done: where an archived finding ends if there is no accepted risk, and other ends without a fix if nothing is plainer. */
export const DROPPED_WORDS: readonly string[] = listed(`
  won't do, wont do, won't fix, wont fix, will not do, will not fix, as designed, works as designed, wird nicht erledigt,
  wird nicht behoben, ne sera pas fait, ne sera pas corrigé, no se hará, no se corregirá, não será feito, não será corrigido,
  non verrà eseguito, wordt niet gedaan, nie do naprawy, 対応しない, 修正しない
`);

/** A second issue for the same thing. */
export const DUPLICATE_WORDS: readonly string[] = listed(`
  duplicate, duplicated, duplikat, doublon, duplicado, duplicata, duplicato, dubbel, 重複
`);

/** Claims that something was repaired. Without a fix they are never taken, unless the workflow has nothing else. */
export const REPAIR_WORDS: readonly string[] = listed(`
  fixed, fix, remediated, remediate, repaired, mitigated, mitigate, patched, corrected, behoben, beheben, korrigiert, corrigé,
  réparé, corregido, solucionado, corrigido, corretto, naprawione, 修正済み
`);

/** The words of a text, parted by commas. */
function listed(text: string): readonly string[] {
  return text.split(',').map((word) => word.trim());
}
