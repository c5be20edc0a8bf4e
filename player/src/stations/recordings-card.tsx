import type { Recording } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { paged, problemText, useFresh } from '../rest/index.ts';
import { Banner, Button, Card, ConfirmDialog, Loading } from '../ui/index.ts';
import { RecordingRow } from './recording-row.tsx';
import { recordingName } from './recording-text.ts';
import type { StationApi } from './station-api.ts';
import { useActs } from './use-acts.ts';
import { t } from './words.ts';

/** Props of {@link RecordingsCard}. */
export type RecordingsCardProps = { api: StationApi; station: string; isPrivate: boolean };

/** What was recorded of a station: heard, saved as a file, renamed, removed. */
export function RecordingsCard({ api, station, isPrivate }: RecordingsCardProps) {
  const list = useMemo(() => paged((cursor) => api.recordings(station, cursor)), [api, station]);
  const doomed = useSignal<Recording>();
  const { problem, act } = useActs(() => list.refresh());
  useFresh(list);
  const { status, items, hasMore, problem: loadProblem } = list.view.value;
  const setDoomed = (recording: Recording | undefined) => {
    doomed.value = recording;
  };
  return (
    <Card label={t('recordings.title')}>
      <div class="stack">
        <div class="stack stack--tight">
          <h2>{t('recordings.title')}</h2>
          <p class="muted small">{t('recordings.hint')}</p>
        </div>
        {problem !== undefined && <Banner tone="danger" title={problem} />}
        {loadProblem !== undefined && (
          <Banner
            tone="warn"
            title={problemText(loadProblem)}
            action={<Button onClick={() => void list.refresh()}>{t('stations.retry')}</Button>}
          />
        )}
        {status === 'loading' && items.length === 0 && <Loading label={t('recordings.loading')} />}
        {status === 'loaded' && items.length === 0 && <p class="muted">{t('recordings.empty')}</p>}
        <ul class="rows">
          {items.map((recording) => (
            <li class="row" key={recording.id}>
              <RecordingRow
                recording={recording}
                addressOf={(path) => (isPrivate ? api.privateAddress(path) : Promise.resolve(path))}
                onRename={(title) => act(() => api.renameRecording(station, recording.id, title))}
                onRemove={() => setDoomed(recording)}
              />
            </li>
          ))}
        </ul>
        {hasMore && (
          <div class="actions">
            <Button onClick={() => void list.more()}>{t('rows.more')}</Button>
          </div>
        )}
      </div>
      <ConfirmDialog
        isOpen={doomed.value !== undefined}
        title={t('recordings.remove.title', { name: doomed.value === undefined ? '' : recordingName(doomed.value) })}
        confirm={t('recordings.remove')}
        keep={t('recordings.remove.keep')}
        onKeep={() => setDoomed(undefined)}
        onConfirm={() => {
          const id = doomed.value?.id;
          setDoomed(undefined);
          if (id !== undefined) void act(() => api.removeRecording(station, id));
        }}
      >
        {t('recordings.remove.body')}
      </ConfirmDialog>
    </Card>
  );
}
