import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../ui/index.ts';
import { t } from './words.ts';

/** Asks before a broadcast ends; Escape and the safe button leave it on air. */
export function StopDialog(props: { isOpen: boolean; onStop: () => void; onStay: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (props.isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [props.isOpen]);
  const stayOnEscape = (event: Event) => {
    event.preventDefault(); // the page closes the dialog, so that its state and the dialog's are one
    props.onStay();
  };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="stop-title" onCancel={stayOnEscape} onClose={props.onStay}>
      <div class="stack">
        <h2 id="stop-title">{t('stop.title')}</h2>
        <p class="muted">{t('stop.body')}</p>
        <div class="dialog-actions">
          <Button onClick={props.onStay}>{t('stop.cancel')}</Button>
          <Button kind="danger" icon="stop" onClick={props.onStop}>
            {t('stop.confirm')}
          </Button>
        </div>
      </div>
    </dialog>
  );
}
