import type { OwnStation } from '@awaz/infra/contract';
import { PROFILE_NAMES } from '@awaz/infra/contract';
import { type Signal, useSignal } from '@preact/signals';
import { languageSuggestions } from '../i18n/index.ts';
import { asProblem, problemText, useForm } from '../rest/index.ts';
import { Banner, Button, Card, Choices, Dialog, Field, Saved, TextArea } from '../ui/index.ts';
import { AccessChoice, type StationAccess } from './access-choice.tsx';
import type { StationApi } from './station-api.ts';
import { t } from './words.ts';

type ProfileChoice = NonNullable<Parameters<StationApi['change']>[1]['profile']>;

/** Ladders that are offered, by name; `default` is as the server is set. */
const LADDERS = { saver: '32k,64k', standard: '64k,128k', music: '64k,128k,256k' } as const;

type LimiterChoice = 'on' | 'off';

type LadderChoice = 'default' | 'own' | keyof typeof LADDERS;

const PROFILES: readonly ProfileChoice[] = ['default', ...PROFILE_NAMES];

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
  const profile = useSignal<ProfileChoice>((station.profile as ProfileChoice | null) ?? 'default');
  const ladder = useSignal<LadderChoice>(ladderChoiceOf(station));
  const limiter = useSignal<LimiterChoice>(station.limiter ? 'on' : 'off');
  const access = useSignal<StationAccess>(station.public ? 'everybody' : 'private');
  const form = useForm({
    initial: textsOf(station),
    check: ({ title }) => {
      isSaved.value = false;
      return title.trim() === '' ? { title: t('fault.name') } : {};
    },
    send: async (texts) => {
      const change = {
        ...changeOf(texts),
        ...{ public: access.value === 'everybody', profile: profile.value, ladder: ladderOf(ladder.value, station) },
        limiter: limiter.value === 'on',
      };
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
      <Choices
        legend={t('settings.profile')}
        name="profile"
        choices={PROFILES.map((value) => ({
          value,
          name: t(`settings.profile.${value}`),
          hint: t(`settings.profile.${value}.hint`),
        }))}
        value={profile.value}
        onChoose={touch(profile)}
      />
      <LadderChoices station={station} value={ladder.value} onChoose={touch(ladder)} />
      <Choices
        legend={t('settings.limiter')}
        name="limiter"
        choices={(['on', 'off'] as const).map((value) => ({
          value,
          name: t(`settings.limiter.${value}`),
          hint: t(`settings.limiter.${value}.hint`),
        }))}
        value={limiter.value}
        onChoose={touch(limiter)}
      />
      <p class="muted small">{t('settings.profile.note')}</p>
      <div class="actions">
        <Button type="submit" kind="primary" busy={form.isBusy}>
          {t('settings.save')}
        </Button>
        <Saved>{isSaved.value && t('settings.saved')}</Saved>
      </div>
    </form>
  );
}

function LadderChoices(props: { station: OwnStation; value: LadderChoice; onChoose: (value: LadderChoice) => void }) {
  const { station, ...rest } = props;
  const own = ladderChoiceOf(station) === 'own' ? (['own'] as const) : [];
  return (
    <Choices
      legend={t('settings.ladder')}
      name="ladder"
      choices={([...own, 'default', 'saver', 'standard', 'music'] as const).map((value) => ({
        value,
        name: t(`settings.ladder.${value}`),
        hint: value === 'own' ? (station.ladder ?? '') : t(`settings.ladder.${value}.hint`),
      }))}
      {...rest}
    />
  );
}

function ladderChoiceOf({ ladder }: OwnStation): LadderChoice {
  if (ladder === null) return 'default';
  const names = Object.keys(LADDERS) as (keyof typeof LADDERS)[];
  return names.find((name) => LADDERS[name] === ladder) ?? 'own';
}

function ladderOf(choice: LadderChoice, { ladder }: OwnStation): string | null {
  if (choice === 'own') return ladder;
  return choice === 'default' ? null : LADDERS[choice];
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
