import { MAX_CHAT_CHARACTERS } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { signInPathFrom } from '../account/sign-in-path.ts';
import { Button, clock, Field, LinkButton } from '../ui/index.ts';
import type { ChatModel, Hold } from './chat-model.ts';
import { characterCount } from './chat-text.ts';
import { t } from './words.ts';

/** From so many characters left on, their number is shown. */
const TELL_LEFT = 60;

/** Where one writes, or why one cannot. */
export function Composer({ model }: { model: ChatModel }) {
  const closed = model.closed.value;
  const hold = model.hold.value;
  if (hold?.kind === 'banned' && hold.until === undefined) return <p class="chat-notice">{t('closed.banned')}</p>;
  if (closed !== undefined) {
    return (
      <div class="chat-notice">
        <p>{t(`closed.${closed}`)}</p>
        {closed === 'accounts' && (
          <LinkButton href={signInPathFrom(location.pathname)}>{t('closed.accounts.do')}</LinkButton>
        )}
      </div>
    );
  }
  return (
    <div class="chat-composer">
      {hold !== undefined && <HoldNotice hold={hold} />}
      <WriteForm model={model} isHeld={hold !== undefined} />
    </div>
  );
}

/** Counts down; what is spoken is said once. */
function HoldNotice({ hold }: { hold: Hold }) {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = Date.now();
    }, 500);
    return () => clearInterval(timer);
  }, [now]);
  const words = (ms: number) => t(`hold.${hold.kind}`, { time: clock(ms) });
  const left = Math.max(0, (hold.until ?? now.value) - now.value);
  return (
    <p class="chat-hold">
      <span aria-hidden="true">{words(Math.ceil(left / 1000) * 1000)}</span>
      <SpokenOnce text={words(left)} />
    </p>
  );
}

function SpokenOnce({ text }: { text: string }) {
  const first = useRef(text);
  return (
    <span class="sr-only" role="status">
      {first.current}
    </span>
  );
}

function WriteForm({ model, isHeld }: { model: ChatModel; isHeld: boolean }) {
  const text = useSignal('');
  const fault = useSignal<string>();
  const { guestName } = model.link;
  const isGuest = model.you.value?.role === 'guest';
  const [name, isRenaming] = [useSignal(guestName.get()), useSignal(false)];
  const isNaming = isGuest && (isRenaming.value || guestName.get() === '');
  const left = MAX_CHAT_CHARACTERS - characterCount(text.value);
  const send = () => {
    if (left < 0 || text.value.trim() === '') return;
    if (isNaming && name.value.trim() === '') {
      fault.value = t('write.name.fault');
      return;
    }
    // First the name: it means a new connection, over which the message goes.
    if (isNaming) guestName.set(name.value.trim());
    isRenaming.value = false;
    const isTaken = model.send(text.value);
    if (isTaken) text.value = '';
    fault.value = isTaken ? undefined : t('write.full');
  };
  return (
    <form
      class="chat-form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {isNaming && (
        <Field
          label={t('write.name')}
          hint={t('write.name.hint')}
          error={fault.value}
          value={name.value}
          onInput={(value) => {
            name.value = value;
          }}
          autocomplete="nickname"
          maxLength={40}
        />
      )}
      <WriteLine
        text={text.value}
        isHeld={isHeld}
        left={left}
        onInput={(value) => (text.value = value)}
        onSend={send}
      />
      {!isNaming && fault.value !== undefined && (
        <p class="field-error" role="alert">
          {fault.value}
        </p>
      )}
      {isGuest && !isNaming && (
        <p class="chat-name">
          {t('write.name.change', { name: name.value })}{' '}
          <Button
            kind="quiet"
            onClick={() => {
              isRenaming.value = true;
            }}
          >
            {t('write.name.do')}
          </Button>
        </p>
      )}
    </form>
  );
}

function WriteLine(props: {
  text: string;
  isHeld: boolean;
  left: number;
  onInput: (text: string) => void;
  onSend: () => void;
}) {
  const { text, isHeld, left, onInput, onSend } = props;
  return (
    <div class="chat-line">
      <textarea
        class="field-control chat-input"
        rows={1}
        dir="auto"
        aria-label={t('write.label')}
        placeholder={t('write.placeholder')}
        value={text}
        disabled={isHeld}
        aria-invalid={left < 0 ? 'true' : undefined}
        enterkeyhint="send"
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.isComposing) return;
          event.preventDefault();
          onSend();
        }}
      />
      <Button type="submit" kind="primary" icon="send" aria-label={t('write.send')} disabled={isHeld || left < 0} />
      {left < TELL_LEFT && (
        <p class={left < 0 ? 'chat-left chat-left--over' : 'chat-left'} role="status">
          {left < 0 ? t('write.too_long', { count: -left }) : t('write.left', { count: left })}
        </p>
      )}
    </div>
  );
}
