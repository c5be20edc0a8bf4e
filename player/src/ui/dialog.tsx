import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

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
  // Together with its content: as long as the dialog is open, the rest of the page takes neither focus nor keys.
  useLayoutEffect(() => {
    if (isOpen && dialog.current?.open === false) dialog.current.showModal();
    if (!isOpen) dialog.current?.close();
  }, [isOpen]);
  const leaveOnEscape = (event: Event) => {
    event.preventDefault(); // the page closes the dialog, so that its state and the dialog's are one
    onLeave();
  };
  const leaveWhenClosed = () => {
    if (dialog.current?.open === false) onLeave(); // the event comes late: it may be open again
  };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={id} onCancel={leaveOnEscape} onClose={leaveWhenClosed}>
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
