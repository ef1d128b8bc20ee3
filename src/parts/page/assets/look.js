/** The looks that a person may choose; `null`: as the system has it. @typedef {'light' | 'dark' | null} Theme */

/** @param {'theme' | 'density'} name @returns {string | null} */
export function look(name) {
  return document.documentElement.dataset[name] ?? null;
}

/** @param {'theme' | 'density'} name @param {string | null} value */
export function setLook(name, value) {
  if (value === null) delete document.documentElement.dataset[name];
  else document.documentElement.dataset[name] = value;
  try {
    if (value === null) localStorage.removeItem(`f2j-${name}`);
    else localStorage.setItem(`f2j-${name}`, value);
  } catch {
    // A browser that keeps nothing forgets the choice with the page.
  }
}

/** Whether the page is dark now, by choice or by the system. */
export function isDark() {
  return (look('theme') ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
}
