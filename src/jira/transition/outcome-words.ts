/** Words of one language, in rank order. */
export interface OutcomeWords {
  readonly language: string;
  readonly words: readonly string[];
}

/** Names that people give to the end of work that was done. */
export const FIXED_WORDS: readonly OutcomeWords[] = [
  {
    language: 'English',
    words: ['done', 'fixed', 'remediated', 'resolved', 'closed', 'complete', 'completed', 'finished', 'solved'],
  },
  { language: 'German', words: ['fertig', 'erledigt', 'behoben', 'gelöst', 'geschlossen', 'abgeschlossen'] },
  { language: 'French', words: ['terminé', 'corrigé', 'résolu', 'fermé'] },
  { language: 'Spanish', words: ['listo', 'hecho', 'resuelto', 'cerrado', 'corregido'] },
  { language: 'Japanese', words: ['完了', '修正済み', '解決済み'] },
  { language: 'Polish', words: ['gotowe', 'rozwiązane', 'zamknięte'] },
];

/** Names that people give to an end with another meaning. */
export const OTHER_WORDS: readonly OutcomeWords[] = [
  {
    language: 'English',
    words: [
      "won't do",
      "won't fix",
      'wont do',
      'wont fix',
      'will not',
      'not',
      'rejected',
      'reject',
      'declined',
      'decline',
      'risk accepted',
      'accepted risk',
      'accept risk',
      'accepted',
      'false positive',
      'duplicate',
      'cancelled',
      'canceled',
      'cancel',
      'obsolete',
      'waived',
      'abandoned',
      'invalid',
      'incomplete',
      'deferred',
      'unresolved',
      'cannot',
      "can't",
    ],
  },
  { language: 'German', words: ['nicht', 'duplikat', 'abgelehnt'] },
  { language: 'French', words: ['abandonné', 'rejeté', 'doublon'] },
  { language: 'Spanish', words: ['rechazado', 'duplicado'] },
  { language: 'Japanese', words: ['却下', '重複'] },
  { language: 'Polish', words: ['nie do naprawy', 'duplikat'] },
];
