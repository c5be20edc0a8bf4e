import type { ChatMessageEvent } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { messageLabel } from './chat-text.ts';
import { t } from './words.ts';

/** What came is told to screen readers once in so long, in ms, however much it is. */
const SPEAK_EVERY_MS = 5000;

/** Tells screen readers what others wrote, not more often than can be listened to. */
export function Announcer({ messages, you }: { messages: readonly ChatMessageEvent[]; you: string | undefined }) {
  const spoken = useSignal('');
  const newest = useRef(messages);
  const told = useRef(messages.at(-1)?.id);
  newest.current = messages;
  useEffect(() => {
    const timer = setInterval(() => {
      const from = newest.current.findIndex(({ id }) => id === told.current) + 1;
      const fresh = newest.current.slice(from).filter(({ author }) => author.id !== you);
      told.current = newest.current.at(-1)?.id;
      const last = fresh.at(-1);
      if (last !== undefined) spoken.value = t('chat.spoken', { count: fresh.length, last: messageLabel(last) });
    }, SPEAK_EVERY_MS);
    return () => clearInterval(timer);
  }, [you, spoken]);
  return (
    <p class="sr-only" role="status">
      {spoken.value}
    </p>
  );
}
