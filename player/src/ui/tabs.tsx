import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

/** Props of {@link Tabs}. */
export type TabsProps<T extends string> = {
  /** Names the whole for screen readers. */
  label: string;
  tabs: readonly { value: T; name: ComponentChildren }[];
  value: T;
  onChoose: (value: T) => void;
  /** The panel of the chosen tab. */
  children: ComponentChildren;
};

/** Tabs with their panel: arrow keys, Home and End go from tab to tab, Tab goes into the panel. */
export function Tabs<T extends string>({ label, tabs, value, onChoose, children }: TabsProps<T>) {
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  // The list scrolls where there is little room; what is chosen is always seen whole.
  useEffect(() => {
    const tab = list.current?.querySelector(`[data-tab="${value}"]`);
    tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [value]);
  const goTo = (index: number) => {
    const tab = tabs.at(index % tabs.length);
    if (tab === undefined) return;
    onChoose(tab.value);
    list.current?.querySelector<HTMLElement>(`[data-tab="${tab.value}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const target = targetOf(event, { index: tabs.findIndex((tab) => tab.value === value), count: tabs.length });
    if (target === undefined) return;
    event.preventDefault();
    goTo(target);
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
        {tabs.map((tab) => (
          <button
            key={tab.value}
            type="button"
            role="tab"
            class="tab"
            id={`${id}-${tab.value}`}
            data-tab={tab.value}
            aria-selected={tab.value === value}
            aria-controls={`${id}-panel`}
            tabIndex={tab.value === value ? 0 : -1}
            onClick={() => onChoose(tab.value)}
          >
            {tab.name}
          </button>
        ))}
      </div>
      <div class="tab-panel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${value}`}>
        {children}
      </div>
    </>
  );
}

/** The tab that a key leads to; right is on in left-to-right pages and back in others. */
function targetOf(event: KeyboardEvent, { index, count }: { index: number; count: number }): number | undefined {
  const isMirrored = document.documentElement.dir === 'rtl';
  switch (event.key) {
    case 'ArrowRight':
      return index + (isMirrored ? count - 1 : 1);
    case 'ArrowLeft':
      return index + (isMirrored ? 1 : count - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
