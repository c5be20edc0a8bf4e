import type { ComponentChildren } from 'preact';
import type { ButtonKind } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';

/** Props of {@link LinkButton}. */
export type LinkButtonProps = {
  href: string;
  kind?: ButtonKind;
  icon?: IconName;
  /** Its name for screen readers, where the words alone do not say which one it is; begins with the words. */
  label?: string;
  children: ComponentChildren;
};

/** A link to another page that looks like a button. */
export function LinkButton({ href, kind = 'plain', icon, label, children }: LinkButtonProps) {
  return (
    <a class={`button button--${kind}`} href={href} aria-label={label}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </a>
  );
}
