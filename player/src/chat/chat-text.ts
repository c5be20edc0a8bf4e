import type { ChatMessage, SocketError } from '@awaz/infra/contract';
import { t } from './words.ts';

const clockTimes = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** When something was written, as a clock shows it. */
export function timeText(at: number): string {
  return clockTimes.format(at);
}

/** How many characters a text has, as people count them: letters with their marks, emoji with theirs. */
export function characterCount(text: string): number {
  let count = 0;
  for (const _ of graphemes.segment(text)) count++;
  return count;
}

/** What somebody is here, where that is worth a word. */
export function roleText(role: ChatMessage['author']['role']): string | undefined {
  return role === 'guest' || role === 'listener' ? undefined : t(`role.${role}`);
}

/** A message in one sentence, for those who do not see it. */
export function messageLabel({ author, at, text }: ChatMessage): string {
  const words = { name: author.name, time: timeText(at), text };
  const role = roleText(author.role);
  return role === undefined ? t('message.label', words) : t('message.label.role', { ...words, role });
}

/** Why a message was not sent. */
export function whyText({ code, message }: SocketError): string {
  switch (code) {
    case 'message_refused':
      return message || t('why.muted_by_filter');
    case 'chat_closed':
      return t('why.chat_closed');
    case 'unavailable':
      return t('why.unavailable');
    default:
      return t('why.other', { message });
  }
}
