/** A language of an account, as `locale` in `GET /myself`. */
export type Locale = 'en_US' | 'de_DE';

/**
 * Jira translates the names of its own issue types and statuses into the language of the account, and leaves all others and, as seen on a site
 * of 2026, the priorities. Source: https://github.com/midagedev/issuetap (docs/LOCALES.md), https://github.com/lesstif/php-jira-rest-client/issues/323
 */
const GERMAN: Readonly<Record<string, string>> = {
  Task: 'Aufgabe',
  Bug: 'Fehler',
  'To Do': 'Zu erledigen',
  'In Progress': 'In Arbeit',
  'In Review': 'In Prüfung',
  Done: 'Fertig',
  Open: 'Offen',
  Closed: 'Geschlossen',
};

/** A name as Jira shows it. */
export function translated(locale: Locale, name: string): string {
  return locale === 'de_DE' && Object.hasOwn(GERMAN, name) ? (GERMAN[name] ?? name) : name;
}
