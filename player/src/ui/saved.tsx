import type { ComponentChildren } from 'preact';

/** Where a form says that what was sent has been taken; there before it says so, or screen readers would not tell it. */
export function Saved({ children }: { children: ComponentChildren }) {
  return (
    <p class="saved" role="status">
      {children}
    </p>
  );
}
