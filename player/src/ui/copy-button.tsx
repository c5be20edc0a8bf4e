import { useSignal } from '@preact/signals';
import { Button } from './button.tsx';
import { t } from './words.ts';

/** How long the button says that it copied, in ms. */
const COPIED_MS = 2000;

/** Copies a text; says so, and says nothing where the browser forbids it (the text stays selectable beside it). */
export function CopyButton({ label, text }: { label: string; text: () => string }) {
  const copied = useSignal(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      copied.value = true;
      setTimeout(() => {
        copied.value = false;
      }, COPIED_MS);
    } catch {
      // Without permission the visitor selects the text by hand.
    }
  };
  return (
    <Button icon={copied.value ? 'check' : 'copy'} onClick={() => void copy()}>
      <span aria-live="polite">{copied.value ? t('ui.copied') : label}</span>
    </Button>
  );
}
