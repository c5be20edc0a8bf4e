import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../ui/index.ts';

/** Props of {@link FreshSecret}. */
export type FreshSecretProps = {
  /** What it is; names the region. */
  title: string;
  /** That it is shown this once, and what it is good for. */
  hint: string;
  /** The secret, or an address that holds it. */
  secret: string;
  /** Buttons that copy it. */
  children: ComponentChildren;
  /** Words of the button that puts it away. */
  done: string;
  onDone: () => void;
};

/** Something secret that was made just now, shown this once. It takes the focus. */
export function FreshSecret({ title, hint, secret, children, done, onDone }: FreshSecretProps) {
  const card = useRef<HTMLElement>(null);
  useEffect(() => card.current?.focus(), []);
  return (
    <section class="fresh-key" aria-label={title} tabIndex={-1} ref={card}>
      <h3>{title}</h3>
      <p class="muted small">{hint}</p>
      <p class="address" dir="ltr">
        <code>{secret}</code>
      </p>
      <div class="actions">
        {children}
        <Button kind="quiet" onClick={onDone}>
          {done}
        </Button>
      </div>
    </section>
  );
}
