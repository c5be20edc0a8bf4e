import type { ChatMessageEvent } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { Button } from '../ui/index.ts';
import { Announcer } from './announcer.tsx';
import type { ChatModel } from './chat-model.ts';
import { MessageRow } from './message-row.tsx';
import { PendingRow } from './pending-row.tsx';
import { t } from './words.ts';

/** Who is this near to the end reads along, in px. */
const NEAR_END_PX = 48;

/**
 * The messages. Whoever reads at the end stays there; whoever scrolled up is left in peace and told how many came. One
 * message is one stop: arrow keys, Home and End go from one to the next.
 */
export function ChatLog({ model }: { model: ChatModel }) {
  const list = useRef<HTMLOListElement>(null);
  const current = useSignal<string | undefined>(undefined);
  const messages = model.messages.value;
  const pending = model.pending.value;
  const newest = messages.at(-1);
  const { unread, onScroll, goToEnd } = useReadingPlace(list, messages);
  const waiting = useRef(0);
  useEffect(() => {
    if (pending.length > waiting.current) toEnd(list.current); // who writes wants to see it
    waiting.current = pending.length;
  }, [pending.length]);
  useFocusInside(list, messages.length);
  const jump = () => {
    goToEnd();
    focusMessage(list.current, newest?.id);
  };
  const stop = messages.some(({ id }) => id === current.value) ? current.value : newest?.id;
  return (
    <div class="chat-body">
      {messages.length === 0 && pending.length === 0 && <p class="chat-empty">{t('chat.empty')}</p>}
      <ol
        class="chat-log"
        ref={list}
        aria-label={t('chat.log')}
        onScroll={onScroll}
        onKeyDown={(event) => moveByKey(event, list.current)}
      >
        {messages.map((message) => (
          <MessageRow
            key={message.id}
            model={model}
            message={message}
            isStop={message.id === stop}
            onFocus={() => {
              current.value = message.id;
            }}
          />
        ))}
        {pending.map((message) => (
          <PendingRow key={message.key} model={model} message={message} />
        ))}
      </ol>
      {unread.value > 0 && (
        <Button class="chat-newer" onClick={jump}>
          {t('chat.newer', { count: unread.value })} ↓<span class="sr-only"> {t('chat.newest')}</span>
        </Button>
      )}
      <Announcer messages={messages} you={model.you.value?.id} />
    </div>
  );
}

/** Keeps whoever reads at the end there, and counts what comes while somebody reads further up. */
function useReadingPlace(list: RefObject<HTMLElement | null>, messages: readonly ChatMessageEvent[]) {
  const isAtEnd = useRef(true);
  /** Where the list was when that was found out, in px. */
  const seenTop = useRef(0);
  const unread = useSignal(0);
  const before = useRef(messages);
  useLayoutEffect(() => {
    // The event that tells of scrolling may be on its way.
    const { scrollTop = 0 } = list.current ?? {};
    const hasLeft = scrollTop < seenTop.current - NEAR_END_PX && endDistance(list.current) >= NEAR_END_PX;
    if (hasLeft) isAtEnd.current = false;
    if (isAtEnd.current) toEnd(list.current);
    else unread.value += freshIn(messages, before.current);
    seenTop.current = list.current?.scrollTop ?? 0;
    before.current = messages;
  }, [list, messages, unread]);
  const onScroll = () => {
    seenTop.current = list.current?.scrollTop ?? 0;
    isAtEnd.current = endDistance(list.current) < NEAR_END_PX;
    if (isAtEnd.current) unread.value = 0;
  };
  const goToEnd = () => {
    isAtEnd.current = true;
    unread.value = 0;
    toEnd(list.current);
  };
  return { unread, onScroll, goToEnd };
}

/** A message that goes while it has the focus hands it to the one that takes its place. */
function useFocusInside(list: RefObject<HTMLElement | null>, count: number): void {
  const index = useRef(-1);
  useEffect(() => {
    const { current } = list;
    if (current === null) return;
    const note = () => {
      index.current = rowsOf(current).findIndex((row) => row.contains(document.activeElement));
    };
    const forget = ({ target }: FocusEvent) => {
      const isThere = () =>
        target instanceof Element && target.isConnected && !current.contains(document.activeElement);
      setTimeout(() => isThere() && note());
    };
    current.addEventListener('focusin', note);
    current.addEventListener('focusout', forget);
    return () => {
      current.removeEventListener('focusin', note);
      current.removeEventListener('focusout', forget);
    };
  }, [list]);
  useLayoutEffect(() => {
    if (index.current < 0 || document.activeElement !== document.body) return;
    const rows = rowsOf(list.current);
    rows[Math.min(index.current, rows.length - 1)]?.focus();
  }, [count, list]);
}

function freshIn(messages: readonly ChatMessageEvent[], before: readonly ChatMessageEvent[]): number {
  const known = new Set(before);
  return messages.filter((message) => !known.has(message)).length;
}

/** How far the end is below what is seen, in px. */
function endDistance(list: HTMLElement | null): number {
  return list === null ? 0 : list.scrollHeight - list.scrollTop - list.clientHeight;
}

function toEnd(list: HTMLElement | null): void {
  if (list !== null) list.scrollTop = list.scrollHeight;
}

function rowsOf(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('[data-message]') ?? [])];
}

function focusMessage(list: HTMLElement | null, id: string | undefined): void {
  rowsOf(list)
    .find((row) => row.dataset.message === id)
    ?.focus();
}

function moveByKey(event: KeyboardEvent, list: HTMLElement | null): void {
  const rows = rowsOf(list);
  const index = rows.indexOf(document.activeElement as HTMLElement);
  if (index < 0) return; // within a message its own controls have the keys
  const targets: Record<string, number> = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: rows.length - 1 };
  const target = targets[event.key];
  if (target === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  rows[Math.max(0, Math.min(rows.length - 1, target))]?.focus();
}
