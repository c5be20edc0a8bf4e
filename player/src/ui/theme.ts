/** The look of the page: what the system says, unless the visitor chose. */
export type Theme = 'dark' | 'light';

const STORAGE_KEY = 'awaz-theme';

/** The theme in force now. */
export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === 'dark' || chosen === 'light') return chosen;
  return matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
}

/** Puts a theme in force and remembers it in this browser, where it may remember. */
export function chooseTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // Storage is blocked: the choice holds until the page is left.
  }
}

/** Applies a remembered choice; call once, before the first render. */
export function restoreTheme(): void {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    if (stored === 'dark' || stored === 'light') document.documentElement.dataset.theme = stored;
  } catch {
    // Storage is blocked: the system's theme stays.
  }
}
