import type { ChatMessageEvent } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { Button, Pill } from '../ui/index.ts';
import type { ChatModel } from './chat-model.ts';
import { messageLabel, roleText, timeText } from './chat-text.ts';
import { MessageActions } from './message-actions.tsx';
import { t } from './words.ts';

/** A message, one stop for the keyboard; Enter opens what can be done with it. */
export function MessageRow(props: {
  model: ChatModel;
  message: ChatMessageEvent;
  /** Whether Tab stops here. */
  isStop: boolean;
  onFocus: () => void;
}) {
  const { model, message, isStop, onFocus } = props;
  const row = useRef<HTMLLIElement>(null);
  const isOpen = useSignal(false);
  const setOpen = (value: boolean) => {
    isOpen.value = value;
    if (!value) row.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target instanceof Element && event.target.closest('dialog') !== null) return;
    if (event.key === 'Escape' && isOpen.value) setOpen(false);
    else if (event.key === 'Enter' && event.target === row.current) isOpen.value = true;
    else return;
    event.preventDefault();
  };
  const { author, text, at, mentions = [] } = message;
  const you = model.you.value?.id;
  const names = [
    'chat-message',
    author.id === you && 'chat-message--own',
    isMention(mentions, you) && 'chat-message--you',
  ];
  return (
    <li
      class={names.filter(Boolean).join(' ')}
      ref={row}
      data-message={message.id}
      tabIndex={isStop ? 0 : -1}
      aria-label={messageLabel(message)}
      onFocus={onFocus}
      onKeyDown={onKeyDown}
    >
      <p class="chat-meta">
        <bdi class="chat-author">{author.name}</bdi>
        {roleText(author.role) !== undefined && <Pill tone="plain">{roleText(author.role)}</Pill>}
        <time dateTime={new Date(at).toISOString()}>{timeText(at)}</time>
        <Button
          kind="quiet"
          class="chat-more"
          aria-label={t('message.actions', { name: author.name })}
          aria-expanded={isOpen.value}
          tabIndex={isStop ? 0 : -1}
          onClick={() => setOpen(!isOpen.value)}
        >
          <span aria-hidden="true">⋯</span>
        </Button>
      </p>
      <p class="chat-text" dir="auto">
        {text}
      </p>
      {isOpen.value && <MessageActions model={model} message={message} onDone={() => setOpen(false)} />}
    </li>
  );
}

function isMention(mentions: readonly string[], you: string | undefined): boolean {
  return you !== undefined && mentions.includes(you);
}
