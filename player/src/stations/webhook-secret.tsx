import { useSignal } from '@preact/signals';
import { Button, ConfirmDialog, CopyButton } from '../ui/index.ts';
import { FreshSecret } from './fresh-secret.tsx';
import { t } from './words.ts';

/** Props of {@link RotateSecret}. */
export type RotateSecretProps = {
  /** Names the button for screen readers. */
  url: string;
  /** Makes another secret. Its problems are told by whoever gives it. */
  onRotate: () => void;
};

/** Gives a webhook another secret, after asking. */
export function RotateSecret({ url, onRotate }: RotateSecretProps) {
  const isAsking = useSignal(false);
  const setAsking = (value: boolean) => {
    isAsking.value = value;
  };
  return (
    <>
      <Button aria-label={t('hooks.rotate.named', { url })} onClick={() => setAsking(true)}>
        {t('hooks.rotate')}
      </Button>
      <ConfirmDialog
        isOpen={isAsking.value}
        title={t('hooks.rotate.title')}
        confirm={t('hooks.rotate')}
        keep={t('remove.keep')}
        onKeep={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          onRotate();
        }}
      >
        {t('hooks.rotate.body')}
      </ConfirmDialog>
    </>
  );
}

/** The secret of a webhook, shown this once. */
export function FreshWebhookSecret({ secret, onDone }: { secret: string; onDone: () => void }) {
  return (
    <FreshSecret
      title={t('hooks.fresh')}
      hint={t('hooks.fresh.hint')}
      secret={secret}
      done={t('keys.fresh.done')}
      onDone={onDone}
    >
      <CopyButton label={t('hooks.fresh.copy')} text={() => secret} />
    </FreshSecret>
  );
}
