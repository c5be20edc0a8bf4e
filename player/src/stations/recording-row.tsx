import type { Recording } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { Button, Field, Pill } from '../ui/index.ts';
import { recordingFacts, recordingName } from './recording-text.ts';
import { t } from './words.ts';

/** Props of {@link RecordingRow}. */
export type RecordingRowProps = {
  recording: Recording;
  /** Where a file of the recording is fetched from, as of now. Rejects when the right to it cannot be had. */
  addressOf: (path: string) => Promise<string>;
  /** Settles with whether it worked. */
  onRename: (title: string) => Promise<boolean>;
  onRemove: () => void;
};

/** One recording. One that still grows can be neither heard nor saved nor removed here. */
export function RecordingRow({ recording, addressOf, onRename, onRemove }: RecordingRowProps) {
  const address = useSignal<string>();
  const isRenaming = useSignal(false);
  const name = recordingName(recording);
  const { file } = recording;
  const listen = async () => {
    if (file !== null) address.value = await addressOf(file).catch(() => undefined);
  };
  const save = async () => {
    if (file !== null) location.assign(await addressOf(`${file}?save=1`));
  };
  return (
    <>
      <div class="row-text">
        <p class="row-title">
          <bdi>{name}</bdi>
        </p>
        <p class="muted small">{recordingFacts(recording)}</p>
        {isRenaming.value && (
          <RenameForm
            title={recording.title}
            onDone={() => {
              isRenaming.value = false;
            }}
            onRename={onRename}
          />
        )}
        {address.value !== undefined && (
          // biome-ignore lint/a11y/useMediaCaption: nobody wrote down what was said
          <audio class="recording-audio" controls autoplay src={address.value} aria-label={name} />
        )}
      </div>
      <div class="actions">
        {file === null ? (
          <Pill tone="live">{t('recordings.open')}</Pill>
        ) : (
          <>
            {address.value === undefined && (
              <Button icon="play" onClick={() => void listen()} aria-label={t('recordings.listen.named', { name })}>
                {t('recordings.listen')}
              </Button>
            )}
            <Button
              onClick={() => void save().catch(() => undefined)}
              aria-label={t('recordings.save.named', { name })}
            >
              {t('recordings.save')}
            </Button>
            {!isRenaming.value && (
              <Button
                onClick={() => {
                  isRenaming.value = true;
                }}
                aria-label={t('recordings.rename.named', { name })}
              >
                {t('recordings.rename')}
              </Button>
            )}
            <Button kind="danger" onClick={onRemove} aria-label={t('recordings.remove.named', { name })}>
              {t('recordings.remove')}
            </Button>
          </>
        )}
      </div>
    </>
  );
}

type RenameFormProps = { title: string; onDone: () => void; onRename: RecordingRowProps['onRename'] };

function RenameForm({ title, onDone, onRename }: RenameFormProps) {
  const wish = useSignal(title);
  const rename = async (event: Event) => {
    event.preventDefault();
    if (wish.value.trim() !== '' && (await onRename(wish.value))) onDone();
  };
  return (
    <form class="stack stack--tight" onSubmit={(event) => void rename(event)}>
      <Field
        label={t('recordings.name')}
        value={wish.value}
        onInput={(text) => {
          wish.value = text;
        }}
      />
      <div class="actions">
        <Button kind="primary" type="submit">
          {t('recordings.rename.do')}
        </Button>
        <Button onClick={onDone}>{t('recordings.rename.keep')}</Button>
      </div>
    </form>
  );
}
