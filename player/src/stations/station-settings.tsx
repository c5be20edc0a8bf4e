import type { OwnStation } from '@awaz/infra/contract';
import { type Signal, useSignal } from '@preact/signals';
import { languageSuggestions } from '../i18n/index.ts';
import { asProblem, problemText, useForm } from '../rest/index.ts';
import { Banner, Button, Card, Dialog, Field, Saved, TextArea } from '../ui/index.ts';
import { AccessChoice, type StationAccess } from './access-choice.tsx';
import { BroadcastChoices } from './broadcast-choices.tsx';
import { broadcastChange, broadcastSettingsOf } from './broadcast-settings.ts';
import type { StationApi } from './station-api.ts';
import { t } from './words.ts';

/** What can be changed about a station, and its end. */
export function StationSettings(props: {
  api: StationApi;
  station: OwnStation;
  onChanged: (station: OwnStation) => void;
  onRemoved: () => void;
}) {
  const { api, station, onChanged, onRemoved } = props;
  return (
    <>
      <Card label={t('settings.title')}>
        <SettingsForm api={api} station={station} onChanged={onChanged} />
      </Card>
      <Card label={t('remove.title')}>
        <RemoveStation api={api} station={station} onRemoved={onRemoved} />
      </Card>
    </>
  );
}

function SettingsForm(props: { api: StationApi; station: OwnStation; onChanged: (station: OwnStation) => void }) {
  const { api, station, onChanged } = props;
  const isSaved = useSignal(false);
  const broadcast = useSignal(broadcastSettingsOf(station));
  const access = useSignal<StationAccess>(station.public ? 'everybody' : 'private');
  const form = useForm({
    initial: textsOf(station),
    check: ({ title }) => {
      isSaved.value = false;
      return title.trim() === '' ? { title: t('fault.name') } : {};
    },
    send: async (texts) => {
      const change = { ...changeOf(texts), public: access.value === 'everybody', ...broadcastChange(broadcast.value) };
      onChanged(await api.change(station.slug, change));
      isSaved.value = true;
    },
  });
  const touch =
    <T,>(choice: Signal<T>) =>
    (value: T) => {
      choice.value = value;
      isSaved.value = false;
    };
  return (
    <form class="stack" ref={form.ref} onSubmit={form.submit} noValidate>
      <h2>{t('settings.title')}</h2>
      {form.problem !== undefined && <Banner tone="danger" title={form.problem} />}
      <Field {...form.field('title')} label={t('new.name')} autocomplete="off" maxLength={100} required />
      <TextArea {...form.field('description')} label={t('settings.description')} rows={3} />
      <div class="pairs">
        <Field
          {...form.field('language')}
          label={t('settings.language')}
          hint={t('settings.language.hint')}
          suggestions={languageSuggestions()}
          autocomplete="off"
        />
        <Field {...form.field('tags')} label={t('settings.tags')} hint={t('settings.tags.hint')} />
      </div>
      <AccessChoice value={access.value} onChoose={touch(access)} />
      <BroadcastChoices station={station} values={broadcast.value} onChoose={touch(broadcast)} />
      <div class="actions">
        <Button type="submit" kind="primary" busy={form.isBusy}>
          {t('settings.save')}
        </Button>
        <Saved>{isSaved.value && t('settings.saved')}</Saved>
      </div>
    </form>
  );
}

function textsOf({ title, description, language, tags }: OwnStation) {
  return { title, description, language: language ?? '', tags: tags.join(', ') };
}

function changeOf({ title, description, language, tags }: ReturnType<typeof textsOf>) {
  return {
    ...{ title: title.trim(), description },
    language: language.trim() === '' ? null : language.trim(),
    tags: tags
      .split(/[,،]/)
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  };
}

function RemoveStation(props: { api: StationApi; station: OwnStation; onRemoved: () => void }) {
  const { api, station, onRemoved } = props;
  const isAsking = useSignal(false);
  const problem = useSignal<string>();
  const keep = () => {
    isAsking.value = false;
  };
  const remove = () => {
    keep();
    api.remove(station.slug).then(onRemoved, (error: unknown) => {
      problem.value = problemText(asProblem(error));
    });
  };
  return (
    <div class="stack">
      <h2>{t('remove.title')}</h2>
      <p class="muted">{t('remove.body')}</p>
      {problem.value !== undefined && <Banner tone="danger" title={problem.value} />}
      <div class="actions">
        <Button
          kind="danger"
          icon="trash"
          onClick={() => {
            isAsking.value = true;
          }}
        >
          {t('remove.title')}
        </Button>
      </div>
      <Dialog
        isOpen={isAsking.value}
        title={t('remove.ask', { title: station.title })}
        onLeave={keep}
        actions={
          <>
            <Button onClick={keep}>{t('remove.keep')}</Button>
            <Button kind="danger" icon="trash" onClick={remove}>
              {t('remove.do')}
            </Button>
          </>
        }
      >
        <p class="muted">{t('remove.body')}</p>
      </Dialog>
    </div>
  );
}
