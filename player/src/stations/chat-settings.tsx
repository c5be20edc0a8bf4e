import { CHAT_MODES, type StaffChatSettings } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { loaded, problemText, useForm, useFresh } from '../rest/index.ts';
import { Banner, Button, Card, Choices, Loading, Saved, Select, TextArea } from '../ui/index.ts';
import type { StationApi } from './station-api.ts';
import { t } from './words.ts';

/** Steps of slow mode, in seconds. */
const SLOW_STEPS = [0, 3, 10, 30, 60, 300];

/** Who may write in the chat, how often, with links or not, and which words are refused. */
export function ChatSettingsCard({ api, station }: { api: StationApi; station: string }) {
  const settings = useMemo(() => loaded(() => api.chatSettings(station)), [api, station]);
  useFresh(settings);
  const { value, problem } = settings.view.value;
  return (
    <Card label={t('chat.settings')}>
      <div class="stack">
        <h2>{t('chat.settings')}</h2>
        {problem !== undefined && (
          <Banner
            tone="warn"
            title={problemText(problem)}
            action={<Button onClick={() => void settings.refresh()}>{t('stations.retry')}</Button>}
          />
        )}
        {value === undefined && problem === undefined && <Loading label={t('chat.loading')} />}
        {value !== undefined && (
          <SettingsForm settings={value} save={(change) => api.changeChatSettings(station, change)} />
        )}
      </div>
    </Card>
  );
}

function SettingsForm(props: {
  settings: StaffChatSettings;
  save: (change: Partial<StaffChatSettings>) => Promise<unknown>;
}) {
  const { settings, save } = props;
  const isSaved = useSignal(false);
  const form = useForm({
    initial: {
      ...{ mode: settings.mode as string, links: settings.links as string },
      ...{ slowSeconds: String(settings.slowSeconds), words: settings.words.join('\n') },
    },
    check: () => {
      isSaved.value = false;
      return {};
    },
    send: async ({ mode, links, slowSeconds, words }) => {
      await save({
        mode: mode as StaffChatSettings['mode'],
        links: links as StaffChatSettings['links'],
        slowSeconds: Number(slowSeconds),
        words: linesOf(words),
      });
      isSaved.value = true;
    },
  });
  const { values } = form;
  const steps = [...new Set([...SLOW_STEPS, settings.slowSeconds])].sort((a, b) => a - b);
  return (
    <form class="stack" ref={form.ref} onSubmit={form.submit} noValidate>
      {form.problem !== undefined && <Banner tone="danger" title={form.problem} />}
      <Choices
        legend={t('chat.mode')}
        name="chat-mode"
        choices={CHAT_MODES.map((value) => ({ value: value as string, name: t(`chat.mode.${value}`) }))}
        value={values.mode}
        onChoose={(mode) => form.set('mode', mode)}
      />
      <div class="pairs">
        <Select
          label={t('chat.slow')}
          options={steps.map((seconds) => ({ value: String(seconds), label: slowText(seconds) }))}
          value={values.slowSeconds}
          onChoose={(seconds) => form.set('slowSeconds', seconds)}
        />
        <Select
          label={t('chat.links')}
          options={(['everyone', 'staff'] as const).map((value) => ({
            value: value as string,
            label: t(`chat.links.${value}`),
          }))}
          value={values.links}
          onChoose={(links) => form.set('links', links)}
        />
      </div>
      <TextArea {...form.field('words')} label={t('chat.words')} hint={t('chat.words.hint')} />
      <div class="actions">
        <Button type="submit" kind="primary" busy={form.isBusy}>
          {t('settings.save')}
        </Button>
        <Saved>{isSaved.value && t('settings.saved')}</Saved>
      </div>
    </form>
  );
}

function slowText(seconds: number): string {
  return seconds === 0 ? t('chat.slow.none') : t('chat.slow.seconds', { count: seconds });
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
