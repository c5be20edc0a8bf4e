import type { ComponentChildren } from 'preact';

/** `live` is the one filled red shape of the product: only for what is on air now. */
export type PillTone = 'live' | 'off' | 'warn' | 'ok' | 'plain';

/** A short state or fact in a capsule; the words carry the meaning. `dimmed`: on air, but not heard here just now. */
export function Pill(props: { tone?: PillTone; dot?: boolean; dimmed?: boolean; children: ComponentChildren }) {
  const { tone = 'plain', dot = tone === 'live', dimmed = false, children } = props;
  return (
    <span class={`pill pill--${tone}${dimmed ? ' pill--dimmed' : ''}`}>
      {dot && <span class="pill-dot" aria-hidden="true" />}
      {children}
    </span>
  );
}
