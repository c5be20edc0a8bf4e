import type { FreshKey } from '@awaz/infra/contract';
import { useRef } from 'preact/hooks';
import { newWishId, useForm } from '../rest/index.ts';
import { Banner, Button, Field } from '../ui/index.ts';
import { t } from './words.ts';

/** What the form needs. */
export type NewKeyFormProps = {
  make: (label: string, wishId: string) => Promise<FreshKey>;
  onMade: (key: FreshKey) => void;
};

/** Makes a stream key under a label. */
export function NewKeyForm({ make, onMade }: NewKeyFormProps) {
  const wishId = useRef(newWishId());
  const form = useForm({
    initial: { label: '' },
    send: async ({ label }) => {
      const key = await make(label.trim(), wishId.current);
      wishId.current = newWishId();
      onMade(key);
    },
  });
  const field = form.field('label');
  return (
    <form class="inline-form" ref={form.ref} onSubmit={form.submit} noValidate>
      {form.problem !== undefined && <Banner tone="danger" title={form.problem} />}
      <Field
        {...field}
        onInput={(value) => {
          wishId.current = newWishId();
          field.onInput(value);
        }}
        label={t('keys.label')}
        placeholder={t('keys.label.placeholder')}
        autocomplete="off"
        maxLength={60}
      />
      <Button type="submit" icon="key" busy={form.isBusy}>
        {t('keys.make')}
      </Button>
    </form>
  );
}
