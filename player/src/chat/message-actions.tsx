import type { Acknowledgement, ChatMessageEvent } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Button, Dialog } from '../ui/index.ts';
import type { ChatModel } from './chat-model.ts';
import { timeText, whyText } from './chat-text.ts';
import { t } from './words.ts';

const MUTE_SECONDS = 600;
const MUTE_LONG_SECONDS = 86_400;

/** What can be done with a message: delete an own one, report another's; staff also mute and ban. */
export function MessageActions(props: { model: ChatModel; message: ChatMessageEvent; onDone: () => void }) {
  const { model, message, onDone } = props;
  const { link } = model;
  const row = useRef<HTMLDivElement>(null);
  const said = useSignal('');
  const isBanning = useSignal(false);
  useEffect(() => row.current?.querySelector('button')?.focus(), []);
  const { author, id } = message;
  const isOwn = author.id === model.you.value?.id;
  const isStaff = model.isStaff.value;
  const act = async (doing: Promise<Acknowledgement>, done: (answer: object) => string | undefined) => {
    const answer = await doing;
    const words = answer.ok ? done(answer) : t('act.failed', { why: whyText(answer.error) });
    if (words === undefined) onDone();
    else said.value = words;
  };
  const mute = (seconds: number) =>
    void act(link.mute(author.id, seconds), (answer) =>
      t('act.muted', { name: author.name, time: timeText((answer as { until: number }).until) }),
    );
  const ban = () => {
    isBanning.value = false;
    void act(link.ban(author.id), () => t('act.banned', { name: author.name }));
  };
  return (
    <div class="chat-actions" ref={row}>
      {(isOwn || isStaff) && (
        <Button kind="danger" icon="trash" onClick={() => void act(link.remove(id), () => undefined)}>
          {t('act.delete')}
        </Button>
      )}
      {isStaff && !isOwn && (
        <>
          <Button onClick={() => mute(MUTE_SECONDS)}>{t('act.mute')}</Button>
          <Button onClick={() => mute(MUTE_LONG_SECONDS)}>{t('act.mute_long')}</Button>
          <Button
            kind="danger"
            icon="ban"
            onClick={() => {
              isBanning.value = true;
            }}
          >
            {t('act.ban')}
          </Button>
        </>
      )}
      {!isOwn && !isStaff && (
        <Button onClick={() => void act(link.report(id), () => t('act.reported'))}>{t('act.report')}</Button>
      )}
      <p class="chat-said" role="status">
        {said.value}
      </p>
      <BanDialog
        name={author.name}
        isOpen={isBanning.value}
        onBan={ban}
        onKeep={() => {
          isBanning.value = false;
        }}
      />
    </div>
  );
}

function BanDialog(props: { name: string; isOpen: boolean; onBan: () => void; onKeep: () => void }) {
  return (
    <Dialog
      isOpen={props.isOpen}
      title={t('act.ban.title', { name: props.name })}
      onLeave={props.onKeep}
      actions={
        <>
          <Button onClick={props.onKeep}>{t('act.ban.cancel')}</Button>
          <Button kind="danger" icon="ban" onClick={props.onBan}>
            {t('act.ban.do')}
          </Button>
        </>
      }
    >
      <p class="muted">{t('act.ban.body')}</p>
    </Dialog>
  );
}
