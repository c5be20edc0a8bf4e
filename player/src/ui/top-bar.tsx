import type { ComponentChildren } from 'preact';
import { ThemeSwitch } from './theme-switch.tsx';

/** Header of every page: the product's mark that leads home, the page's own links, the theme switch. */
export function TopBar({ children }: { children?: ComponentChildren }) {
  return (
    <header class="topbar">
      <a class="brand" href="/">
        <svg
          viewBox="0 0 34 20"
          fill="none"
          stroke="currentColor"
          stroke-width="2.4"
          stroke-linecap="round"
          aria-hidden="true"
        >
          <path d="M1.5 10h5l3-6.5 5 13 5-15 4.5 11 2-2.5h6.5" stroke-linejoin="round" />
        </svg>
        Awaz Pulse
      </a>
      <nav class="topbar-links">
        {children}
        <ThemeSwitch />
      </nav>
    </header>
  );
}
