import { listenPath, type OwnStation, SLUG_PATTERN } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { newWishId, useForm } from '../rest/index.ts';
import { Banner, Button, Field } from '../ui/index.ts';
import { AccessChoice, type StationAccess } from './access-choice.tsx';
import { slugOf } from './slug-of.ts';
import type { StationApi } from './station-api.ts';
import { t } from './words.ts';

/** What the form needs. */
export type NewStationFormProps = {
  api: StationApi;
  onMade: (station: OwnStation) => void;
  onCancel: () => void;
};

/** Makes a station: its name, the address that the name suggests, and who may listen. */
export function NewStationForm({ api, onMade, onCancel }: NewStationFormProps) {
  const isOwnSlug = useSignal(false);
  const access = useSignal<StationAccess>('everybody');
  const wishId = useRef(newWishId());
  const form = useForm({
    initial: { title: '', slug: '' },
    check: ({ title, slug }) => ({
      ...(title.trim() === '' ? { title: t('fault.name') } : {}),
      ...(SLUG_PATTERN.test(slug) ? {} : { slug: t('fault.slug') }),
    }),
    send: async ({ title, slug }) => {
      const wish = { title: title.trim(), slug, public: access.value === 'everybody' };
      onMade(await api.make(wish, wishId.current));
    },
    fieldOf: ({ code }) => (code === 'station_exists' ? 'slug' : undefined),
  });
  const { ref } = form;
  useEffect(() => ref.current?.querySelector('input')?.focus(), [ref]);
  // Another wish, so the answer to an earlier one must not be given again.
  const change = (act: () => void) => {
    wishId.current = newWishId();
    act();
  };
  const setTitle = (title: string) =>
    change(() => {
      form.set('title', title);
      if (!isOwnSlug.value) form.set('slug', slugOf(title));
    });
  const setSlug = (slug: string) =>
    change(() => {
      isOwnSlug.value = slug !== '';
      form.set('slug', slug.toLowerCase());
    });
  return (
    <form class="stack" ref={form.ref} onSubmit={form.submit} noValidate>
      <h2>{t('new.title')}</h2>
      {form.problem !== undefined && <Banner tone="danger" title={form.problem} />}
      <Field
        {...form.field('title')}
        onInput={setTitle}
        label={t('new.name')}
        placeholder={t('new.name.placeholder')}
        autocomplete="off"
        maxLength={100}
        required
      />
      <Field
        {...form.field('slug')}
        onInput={setSlug}
        label={t('new.slug')}
        hint={slugHint(form.values.slug)}
        autocomplete="off"
        maxLength={40}
        required
      />
      <AccessChoice value={access.value} onChoose={(value) => change(() => (access.value = value))} />
      <div class="actions">
        <Button type="submit" kind="primary" busy={form.isBusy}>
          {t('new.do')}
        </Button>
        <Button kind="quiet" onClick={onCancel}>
          {t('new.cancel')}
        </Button>
      </div>
    </form>
  );
}

function slugHint(slug: string): string {
  if (!SLUG_PATTERN.test(slug)) return t('new.slug.empty');
  return t('new.slug.hint', { address: `${location.host}${listenPath(slug)}` });
}
