import type { ComponentChildren } from 'preact';
import { PulseLine } from './pulse-line.tsx';

/** A page part with nothing to show: one sentence, and one button where something can be done. */
export function EmptyState(props: { title: string; children?: ComponentChildren; action?: ComponentChildren }) {
  return (
    <div class="empty">
      <PulseLine mode="flat" />
      <p class="empty-title">{props.title}</p>
      {props.children !== undefined && <p>{props.children}</p>}
      {props.action}
    </div>
  );
}
