import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

/** Props of {@link Dialog}. */
export type DialogProps = {
  isOpen: boolean;
  title: string;
  children: ComponentChildren;
  /** Buttons, the safe one first: it gets the focus. */
  actions: ComponentChildren;
  /** Called when the visitor leaves it by Escape; the page closes it. */
  onLeave: () => void;
};

/** A modal dialog, native: the rest of the page is out of reach, and the focus goes back to where it was. */
export function Dialog({ isOpen, title, children, actions, onLeave }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (isOpen && dialog.current?.open === false) dialog.current.showModal();
    if (!isOpen) dialog.current?.close();
  }, [isOpen]);
  const leaveOnEscape = (event: Event) => {
    event.preventDefault(); // the page closes the dialog, so that its state and the dialog's are one
    onLeave();
  };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={id} onCancel={leaveOnEscape} onClose={onLeave}>
      {isOpen && (
        <div class="stack">
          <h2 id={id}>{title}</h2>
          {children}
          <div class="dialog-actions">{actions}</div>
        </div>
      )}
    </dialog>
  );
}
