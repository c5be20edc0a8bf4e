import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icon.tsx';

/** What a button means: `primary` the page's one main act, `live` going on air, `danger` destroying, `quiet` by the way. */
export type ButtonKind = 'plain' | 'primary' | 'live' | 'danger' | 'quiet';

/** Props of {@link Button}; every attribute of a native button passes through. */
export type ButtonProps = Omit<JSX.IntrinsicElements['button'], 'size' | 'icon'> & {
  /** Default `plain`. */
  kind?: ButtonKind;
  /** 56 px high instead of 44. */
  large?: boolean;
  /** Shown before the words. */
  icon?: IconName;
  /** Shows a spinner and refuses presses, but keeps the focus and stays readable. */
  busy?: boolean;
  children?: ComponentChildren;
};

/** A native button. With an icon and no children give it an `aria-label`. */
export function Button({ kind = 'plain', large, icon, busy, children, onClick, ...rest }: ButtonProps) {
  const round = icon !== undefined && children === undefined;
  const names = ['button', `button--${kind}`, large && 'button--large', round && 'button--icon', rest.class];
  return (
    <button
      type="button"
      {...rest}
      class={names.filter(Boolean).join(' ')}
      aria-disabled={busy ? 'true' : rest['aria-disabled']}
      aria-busy={busy ? 'true' : undefined}
      onClick={busy ? undefined : onClick}
    >
      {busy ? <span class="spinner" aria-hidden="true" /> : icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}
