import type { OwnStation } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Banner, Button, Card, ConfirmDialog, Saved, StationArt } from '../ui/index.ts';
import { CHOSEN_TYPES } from './picture-file.ts';
import { PictureModel } from './picture-model.ts';
import type { StationApi } from './station-api.ts';
import { t } from './words.ts';

/** What the card needs. */
export type PictureCardProps = { api: StationApi; station: OwnStation; onChanged: () => void };

/** The picture of a station: chosen or dropped, seen before it is sent, sent with its progress, taken away. */
export function PictureCard({ api, station, onChanged }: PictureCardProps) {
  const { slug, title, artwork } = station;
  const changed = useRef(onChanged);
  changed.current = onChanged;
  const model = useMemo(
    () => new PictureModel({ station: slug, api, onChanged: () => changed.current() }),
    [api, slug],
  );
  useEffect(() => () => model.close(), [model]);
  const isOver = useSignal(false);
  const state = model.state.value;
  const shown = 'preview' in state ? state.preview : artwork;
  const setOver = (value: boolean) => (event: Event) => {
    event.preventDefault();
    isOver.value = value;
  };
  const drop = (event: DragEvent) => {
    setOver(false)(event);
    const [file] = event.dataTransfer?.files ?? [];
    if (file !== undefined && state.kind !== 'sending') void model.choose(file);
  };
  return (
    <Card label={t('picture.title')}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button beside it does the same */}
      <div
        class={isOver.value ? 'picture picture--over' : 'picture'}
        onDragOver={setOver(true)}
        onDragLeave={setOver(false)}
        onDrop={drop}
      >
        <StationArt slug={slug} title={title} dimmed={false} artwork={shown} />
        <div class="stack">
          <div class="stack stack--tight">
            <h2>{t('picture.title')}</h2>
            <p class="muted small">{t('picture.hint')}</p>
          </div>
          {model.problem.value !== undefined && <Banner tone="danger" title={model.problem.value} />}
          <PictureActs model={model} hasPicture={artwork !== null} />
        </div>
      </div>
    </Card>
  );
}

function PictureActs({ model, hasPicture }: { model: PictureModel; hasPicture: boolean }) {
  const state = model.state.value;
  const hasChosen = useRef(false);
  if (state.kind === 'chosen') hasChosen.current = true;
  const isIdle = state.kind !== 'sending' && state.kind !== 'chosen';
  return (
    <>
      {state.kind === 'sending' && <Progress share={state.share} />}
      {state.kind === 'chosen' && <ChosenActs model={model} />}
      {isIdle && <IdleActs model={model} hasPicture={hasPicture} takesFocus={hasChosen.current} />}
      <Saved>
        {state.kind === 'saved' && t('picture.saved')}
        {state.kind === 'removed' && t('picture.removed')}
      </Saved>
    </>
  );
}

function Progress({ share }: { share: number }) {
  const percent = Math.round(share * 100);
  return (
    <div class="stack stack--tight">
      <progress class="progress" aria-label={t('picture.sending')} max={100} value={percent} />
      <p class="muted small">{percent < 100 ? t('picture.sent', { percent }) : t('picture.checking')}</p>
    </div>
  );
}

function ChosenActs({ model }: { model: PictureModel }) {
  const actions = useRef<HTMLDivElement>(null);
  useEffect(() => actions.current?.querySelector('button')?.focus(), []);
  return (
    <>
      <p role="status">{t('picture.chosen')}</p>
      <div class="actions" ref={actions}>
        <Button kind="primary" onClick={() => void model.send()}>
          {t('picture.use')}
        </Button>
        <Button onClick={() => model.cancel()}>{t('picture.cancel')}</Button>
      </div>
    </>
  );
}

/** `takesFocus`: the buttons that had it are gone. */
function IdleActs(props: { model: PictureModel; hasPicture: boolean; takesFocus: boolean }) {
  const { model, hasPicture, takesFocus } = props;
  const input = useRef<HTMLInputElement>(null);
  const actions = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (takesFocus) actions.current?.querySelector('button')?.focus();
  }, [takesFocus]);
  const isAsking = useSignal(false);
  const setAsking = (value: boolean) => {
    isAsking.value = value;
  };
  return (
    <div class="actions" ref={actions}>
      <input
        ref={input}
        type="file"
        accept={CHOSEN_TYPES}
        hidden
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          currentTarget.value = ''; // so that the same file can be chosen again
          if (file !== undefined) void model.choose(file);
        }}
      />
      <Button icon="picture" busy={model.state.value.kind === 'reading'} onClick={() => input.current?.click()}>
        {t(hasPicture ? 'picture.other' : 'picture.choose')}
      </Button>
      {hasPicture && (
        <Button kind="danger" icon="trash" onClick={() => setAsking(true)}>
          {t('picture.remove')}
        </Button>
      )}
      <ConfirmDialog
        isOpen={isAsking.value}
        title={t('picture.remove.title')}
        confirm={t('picture.remove')}
        keep={t('remove.keep')}
        onConfirm={() => {
          setAsking(false);
          void model.remove();
        }}
        onKeep={() => setAsking(false)}
      >
        {t('picture.remove.body')}
      </ConfirmDialog>
    </div>
  );
}
