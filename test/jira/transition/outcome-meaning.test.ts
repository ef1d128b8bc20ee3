import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outcomeMeaning } from '../../../src/jira/transition/outcome-meaning.ts';
import { FIXED_WORDS, NEGATIONS, OTHER_WORDS, type WordList } from '../../../src/jira/transition/outcome-words.ts';

/** https://developer.atlassian.com/platform/forge/manifest-reference/forge-supported-locale-codes/, and three that sites use besides. */
const LANGUAGES = 'cs da de en es et fi fr hu is it ja ko nb nl pl pt-BR pt-PT ro ru sk sv th tr uk vi zh-CN zh-TW';

const meaningOf = (...names: string[]) => outcomeMeaning(names).meaning;
const allOf = (lists: readonly WordList[]) => lists.flatMap(({ language, words }) => words.map((word) => ({ language, word })));
const wordOf = (lists: readonly WordList[]) => fc.constantFrom(...allOf(lists).map(({ word }) => word));

test('both lists have every language of Jira Cloud, English first, and no word twice', () => {
  for (const lists of [FIXED_WORDS, OTHER_WORDS]) {
    expect(lists[0]?.language).toBe('en');
    expect(
      lists
        .map(({ language }) => language)
        .toSorted()
        .join(' '),
    ).toBe(LANGUAGES);
    for (const { language, words } of lists) expect([language, words.length]).toEqual([language, new Set(words).size]);
  }
});

test('every word means what its list says, in every way to write it', () => {
  const wrong = [
    ...allOf(FIXED_WORDS).map((one) => ({ ...one, meaning: 'fixed' })),
    ...allOf(OTHER_WORDS).map((one) => ({ ...one, meaning: 'other' })),
  ]
    .flatMap(({ language, word, meaning }) =>
      [word, word.toUpperCase(), word.normalize('NFD'), `  ${word} `, `(${word.replaceAll(' ', '_')})`, word.replaceAll("'", '’')].map(
        (name) => ({ language, name, meaning }),
      ),
    )
    .filter(({ name, meaning }) => meaningOf(name) !== meaning);
  expect(wrong).toEqual([]);
});

describe('workflows of the field', () => {
  /** The best of several names, as a close would choose it. */
  const bestOf = (names: readonly string[]) =>
    names
      .filter((name) => meaningOf(name) === 'fixed')
      .toSorted((one, other) => outcomeMeaning([one]).rank - outcomeMeaning([other]).rank)[0] ?? null;

  test.each([
    [['Done'], 'Done'],
    [['Risk Accepted', 'False Positive', 'Remediated'], 'Remediated'],
    [['Wird nicht erledigt', 'Fertig'], 'Fertig'],
    [['Wird nicht erledigt', 'Duplikat', 'Erledigt'], 'Erledigt'],
    [['Abandonné', 'Terminé'], 'Terminé'],
    [['Rechazado', 'Duplicado', 'Resuelto'], 'Resuelto'],
    [['却下', '完了'], '完了'],
    [['Nie do naprawy', 'Gotowe'], 'Gotowe'],
    [['Zeta', 'Omega'], null],
    [['Rejected'], null],
    [['Closed', 'Resolved', 'Done'], 'Done'],
    [['Deployment done', 'Closed'], 'Closed'],
    [['Cancelado', 'Concluído'], 'Concluído'],
    [['Annullata', 'Completata'], 'Completata'],
    [['Geannuleerd', 'Gereed'], 'Gereed'],
    [['Zamítnuto', 'Hotovo'], 'Hotovo'],
    [['Zamietnuté', 'Hotovo'], 'Hotovo'],
    [['Afvist', 'Udført'], 'Udført'],
    [['Avvisad', 'Klart'], 'Klart'],
    [['Avvist', 'Fullført'], 'Fullført'],
    [['Hylätty', 'Valmis'], 'Valmis'],
    [['Elutasítva', 'Kész'], 'Kész'],
    [['Respins', 'Finalizat'], 'Finalizat'],
    [['Отклонено', 'Готово'], 'Готово'],
    [['Відхилено', 'Готово'], 'Готово'],
    [['Reddedildi', 'Tamamlandı'], 'Tamamlandı'],
    [['거부됨', '완료'], '완료'],
    [['已拒绝', '已完成'], '已完成'],
    [['已拒絕', '完成'], '完成'],
    [['Đã từ chối', 'Hoàn thành'], 'Hoàn thành'],
    [['ปฏิเสธ', 'เสร็จสิ้น'], 'เสร็จสิ้น'],
    [['Tagasi lükatud', 'Tehtud'], 'Tehtud'],
    [['Hafnað', 'Lokið'], 'Lokið'],
  ])('of %j a fix ends in %s', (names, best) => {
    expect(bestOf(names)).toBe(best);
    expect(bestOf(names.toReversed())).toBe(best);
  });
});

test.each([
  "Closed - won't do",
  'Closed – Won’t Do',
  'WONT_DO',
  'WontFix',
  'RiskAccepted',
  'Not fixed',
  'Not-Fixed',
  'Done (duplicate)',
  'Resolved: accepted risk',
  'Closed without a fix',
  'Unresolved',
  'Ungelöst',
  'Nevyřešeno',
  'Нерешено',
  'Nierozwiązane',
  'Rejeté',
  'REJETE',
  'Rechazadas',
  'Zu erledigen',
  'Klar til test',
  'Gereed voor test',
  'Готово к тестированию',
  'İptal Edildi',
  'IPTAL EDILDI',
  '未完了',
  '対応しない',
  '미해결',
  '해결 안 함',
  '无法解决',
  'ยังไม่เสร็จ',
  'เปิดแล้ว',
  'Ｒｅｊｅｃｔｅｄ',
])('%s is another outcome', (name) => {
  expect(outcomeMeaning([name])).toEqual({ meaning: 'other', rank: Infinity });
});

test.each([
  'Done ✅',
  'Fixed by an admin',
  'Closed by reporter',
  'ＤＯＮＥ',
  'Löst',
  'KAPATILDI',
  'Завершён',
  'ปิดแล้ว',
  '対応済み',
  'RiskMitigated',
  'Opraveno',
])('%s says that work was done', (name) => {
  expect(meaningOf(name)).toBe('fixed');
});

test.each(['', '—', 'Zeta', 'Shipped', 'In Progress', 'Open', 'Lost', 'Termine', 'Doneness', 'Foreclosed', '进行中'])(
  '%j says neither',
  (name) => {
    expect(outcomeMeaning([name])).toEqual({ meaning: 'unknown', rank: Infinity });
  },
);

test('of the two names of one status, a word for another outcome wins, then the name that Jira does not translate', () => {
  expect(outcomeMeaning(['Rejected', 'Erledigt'])).toEqual({ meaning: 'other', rank: Infinity });
  expect(outcomeMeaning(['Done', 'Abgelehnt'])).toEqual({ meaning: 'other', rank: Infinity });
  expect(outcomeMeaning(['Done', 'Behoben'])).toEqual(outcomeMeaning(['Done']));
  expect(outcomeMeaning(['Zeta', 'Behoben'])).toEqual(outcomeMeaning(['Behoben']));
  expect(outcomeMeaning([])).toEqual({ meaning: 'unknown', rank: Infinity });
});

test('a word for another outcome, or a negation, beside a word for "fixed" never leaves "fixed"', () => {
  const separator = fc.constantFrom(' ', ' - ', ': ', ' (', '/', '_');
  fc.assert(
    fc.property(
      wordOf(FIXED_WORDS),
      fc.oneof(wordOf(OTHER_WORDS), wordOf(NEGATIONS)),
      separator,
      fc.boolean(),
      fc.boolean(),
      (fixed, other, between, isFirst, isLoud) => {
        const name = isFirst ? `${other}${between}${fixed}` : `${fixed}${between}${other}`;
        expect(meaningOf(isLoud ? name.toUpperCase() : name)).toBe('other');
      },
    ),
    { numRuns: 500 },
  );
});

test('any name has a meaning, and a rank only if it is fixed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), wordOf(FIXED_WORDS), wordOf(OTHER_WORDS)), { maxLength: 3 }),
      (names) => {
        const { meaning, rank } = outcomeMeaning(names);
        expect(Number.isFinite(rank)).toBe(meaning === 'fixed');
      },
    ),
  );
});
