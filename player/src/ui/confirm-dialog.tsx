import type { ComponentChildren } from 'preact';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

/** Props of {@link ConfirmDialog}. */
export type ConfirmDialogProps = {
  isOpen: boolean;
  /** The question, with the name of what it is about. */
  title: string;
  /** What follows from a yes. */
  children: ComponentChildren;
  /** Words of the yes. */
  confirm: string;
  /** Words of the no, which has the focus. */
  keep: string;
  onConfirm: () => void;
  onKeep: () => void;
};

/** Asks before something is destroyed that cannot be taken back. */
export function ConfirmDialog({ isOpen, title, children, confirm, keep, onConfirm, onKeep }: ConfirmDialogProps) {
  return (
    <Dialog
      isOpen={isOpen}
      title={title}
      onLeave={onKeep}
      actions={
        <>
          <Button onClick={onKeep}>{keep}</Button>
          <Button kind="danger" onClick={onConfirm}>
            {confirm}
          </Button>
        </>
      }
    >
      <p class="muted">{children}</p>
    </Dialog>
  );
}
