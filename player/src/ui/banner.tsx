import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

/** How loud a banner is; `danger` interrupts screen readers, the others wait. */
export type BannerTone = 'info' | 'ok' | 'warn' | 'danger';

const ICONS: Record<BannerTone, IconName> = { info: 'info', ok: 'check', warn: 'alert', danger: 'alert' };

/** Props of {@link Banner}. */
export type BannerProps = {
  tone: BannerTone;
  /** What happened. */
  title: string;
  /** What we are doing and what you can do. */
  children?: ComponentChildren;
  /** A button, where there is something to press. */
  action?: ComponentChildren;
};

/** The one message slot of a page: show the loudest message only. */
export function Banner({ tone, title, children, action }: BannerProps) {
  return (
    <div class={`banner banner--${tone}`} role={tone === 'danger' ? 'alert' : 'status'}>
      <Icon name={ICONS[tone]} />
      <div class="banner-text">
        <p class="banner-title">{title}</p>
        {children !== undefined && <p class="banner-body">{children}</p>}
      </div>
      {action}
    </div>
  );
}
