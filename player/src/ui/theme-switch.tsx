import { useState } from 'preact/hooks';
import { Button } from './button.tsx';
import { chooseTheme, currentTheme } from './theme.ts';
import { t } from './words.ts';

/** One button that toggles dark and light. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(currentTheme);
  const next = theme === 'dark' ? 'light' : 'dark';
  const toggle = () => {
    chooseTheme(next);
    setTheme(next);
  };
  return (
    <Button
      kind="quiet"
      icon={next === 'light' ? 'sun' : 'moon'}
      aria-label={t(next === 'light' ? 'ui.theme.light' : 'ui.theme.dark')}
      onClick={toggle}
    />
  );
}
