const KEY = 'gatehouse.theme';
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** What the person chose in this browser; `system`: what their system says. */
export function theme(): Theme {
  const kept = localStorage.getItem(KEY);
  return THEMES.find((one) => one === kept) ?? 'system';
}

export function useTheme(next: Theme): void {
  localStorage.setItem(KEY, next);
  showTheme();
}

export function showTheme(): void {
  const chosen = theme();
  const { dataset } = document.documentElement;
  if (chosen === 'system') delete dataset.theme;
  else dataset.theme = chosen;
  window.dispatchEvent(new Event('gatehouse:theme'));
}
