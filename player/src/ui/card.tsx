import type { ComponentChildren } from 'preact';

/** A raised panel. `label` names it for screen readers as a region. */
export function Card({ label, children }: { label?: string; children: ComponentChildren }) {
  return (
    <section class="card" aria-label={label}>
      {children}
    </section>
  );
}
