import type { FreshListenToken, NewListenTokenRequest } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { newWishId, useForm } from '../rest/index.ts';
import { Banner, Button, Field, Select } from '../ui/index.ts';
import { t } from './words.ts';

const DAY_SECONDS = 86_400;

/** How long a link may be good, in seconds; `never` ends by itself. */
const LIVES = {
  hour: 3600,
  day: DAY_SECONDS,
  week: 7 * DAY_SECONDS,
  month: 30 * DAY_SECONDS,
  year: 365 * DAY_SECONDS,
  never: undefined,
} as const;

type Life = keyof typeof LIVES;

/** What the form needs. */
export type NewListenLinkFormProps = {
  make: (body: NewListenTokenRequest, wishId: string) => Promise<FreshListenToken>;
  onMade: (link: FreshListenToken) => void;
};

/** Makes a link that lets others listen, for whom and for how long. */
export function NewListenLinkForm({ make, onMade }: NewListenLinkFormProps) {
  const wishId = useRef(newWishId());
  const life = useSignal<Life>('month');
  const form = useForm({
    initial: { label: '' },
    send: async ({ label }) => {
      const expiresInSeconds = LIVES[life.value];
      const wish = { label: label.trim(), ...(expiresInSeconds === undefined ? {} : { expiresInSeconds }) };
      const link = await make(wish, wishId.current);
      wishId.current = newWishId();
      onMade(link);
    },
  });
  const field = form.field('label');
  return (
    <form class="name-person" ref={form.ref} onSubmit={form.submit} noValidate>
      {form.problem !== undefined && <Banner tone="danger" title={form.problem} />}
      <Field
        {...field}
        onInput={(value) => {
          wishId.current = newWishId();
          field.onInput(value);
        }}
        label={t('links.label')}
        placeholder={t('links.label.placeholder')}
        autocomplete="off"
        maxLength={60}
      />
      <Select
        label={t('links.life')}
        options={(Object.keys(LIVES) as Life[]).map((value) => ({ value, label: t(`links.life.${value}`) }))}
        value={life.value}
        onChoose={(value) => {
          wishId.current = newWishId();
          life.value = value;
        }}
      />
      <Button type="submit" icon="link" busy={form.isBusy}>
        {t('links.make')}
      </Button>
    </form>
  );
}
