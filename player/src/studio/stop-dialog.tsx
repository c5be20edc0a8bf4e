import { Button, Dialog } from '../ui/index.ts';
import { t } from './words.ts';

/** Asks before a broadcast ends; Escape and the safe button leave it on air. */
export function StopDialog(props: { isOpen: boolean; onStop: () => void; onStay: () => void }) {
  return (
    <Dialog
      isOpen={props.isOpen}
      title={t('stop.title')}
      onLeave={props.onStay}
      actions={
        <>
          <Button onClick={props.onStay}>{t('stop.cancel')}</Button>
          <Button kind="danger" icon="stop" onClick={props.onStop}>
            {t('stop.confirm')}
          </Button>
        </>
      }
    >
      <p class="muted">{t('stop.body')}</p>
    </Dialog>
  );
}
