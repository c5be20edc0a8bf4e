import { useSignal } from '@preact/signals';
import { Button, Card, Field } from '../ui/index.ts';
import { parsePastedLink, type StudioLink } from './studio-link.ts';
import { t } from './words.ts';

/** Asks for a station and its key where the page was opened without a studio link. */
export function ConnectForm({ onEnter }: { onEnter: (link: StudioLink) => void }) {
  const station = useSignal('');
  const key = useSignal('');
  const isWrong = useSignal(false);
  const submit = (event: Event) => {
    event.preventDefault();
    const link = parsePastedLink(station.value, key.value);
    isWrong.value = link === undefined;
    if (link !== undefined) onEnter(link);
  };
  return (
    <Card label={t('link.title')}>
      <form class="stack" onSubmit={submit} noValidate>
        <h2>{t('link.title')}</h2>
        <p class="muted">{t('link.hint')}</p>
        <Field
          label={t('link.station')}
          value={station.value}
          placeholder={t('link.station.placeholder')}
          onInput={(value) => {
            station.value = value;
          }}
          autocomplete="off"
          required
        />
        <Field
          label={t('link.key')}
          hint={t('link.key.hint')}
          error={isWrong.value ? t('link.error') : undefined}
          value={key.value}
          onInput={(value) => {
            key.value = value;
          }}
          secret
          autocomplete="off"
        />
        <Button type="submit" kind="primary" large icon="arrow">
          {t('link.enter')}
        </Button>
      </form>
    </Card>
  );
}
