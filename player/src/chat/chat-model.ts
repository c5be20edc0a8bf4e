import {
  type ChatMessageEvent,
  type ChatSettings,
  DEFAULT_CHAT_SETTINGS,
  mayChatIn,
  type SocketError,
  type StationSnapshot,
} from '@awaz/infra/contract';
import { batch, computed, signal } from '@preact/signals';
import type { FeedState } from '../live/index.ts';
import { newWishId } from '../rest/wish-id.ts';
import type { ChatLink } from './chat-link.ts';
import { MAX_PENDING, type PendingMessage, withoutArrived } from './pending-message.ts';

/** Most messages that are held and drawn; the oldest goes. */
export const MAX_MESSAGES = 200;

/** Least wait before a message that was refused for coming too fast is sent again, in ms. */
const LEAST_HOLD_MS = 500;

/** Why nothing can be written for a while, and until when (ms since 1970; undefined: for good). */
export type Hold = { kind: 'slow' | 'fast' | 'muted' | 'banned'; until: number | undefined };

/**
 * The chat of a station as a page holds it: what was written, what waits to be sent, and what one may do. Messages that
 * are written during a cut are kept and sent once each. The owner closes it; `close` may be called again.
 */
export class ChatModel {
  readonly messages = signal<readonly ChatMessageEvent[]>([]);
  readonly pending = signal<readonly PendingMessage[]>([]);
  readonly settings = signal<ChatSettings>(DEFAULT_CHAT_SETTINGS);
  /** Who one is here; undefined before the chat was opened. */
  readonly you = signal<StationSnapshot['you'] | undefined>(undefined);
  readonly state = signal<FeedState>('waiting');
  readonly hold = signal<Hold | undefined>(undefined);
  /** Why this person cannot write at all; undefined when it can. */
  readonly closed = computed(() => closedFor(this.you.value, this.settings.value.mode));
  /** Whether this person looks after the chat. */
  readonly isStaff = computed(() => ['moderator', 'owner', 'admin'].includes(this.you.value?.station ?? ''));
  readonly link: ChatLink;
  readonly #ends: (() => void)[];
  #isSending = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(link: ChatLink) {
    this.link = link;
    const { feed } = link;
    this.#ends = [
      feed.on('state', (state) => {
        this.state.value = state;
      }),
      feed.on('snapshot', ({ snapshot, isWhole }) => this.#join(snapshot, isWhole)),
      feed.on('chat:message', (message) => this.#add(message)),
      feed.on('chat:deleted', ({ id }) => this.#drop(id)),
      feed.on('chat:settings', ({ mode, slowSeconds, links }) => {
        this.settings.value = { mode, slowSeconds, links };
      }),
    ];
    this.state.value = feed.state;
    if (feed.snapshot !== undefined) this.#join(feed.snapshot, false);
  }

  /** Sends a text, now or as soon as that is possible; false when too many wait already or there is nothing to send. */
  send(text: string): boolean {
    const trimmed = text.trim();
    if (trimmed === '' || this.pending.value.length >= MAX_PENDING) return false;
    const message = { key: newWishId(), text: trimmed, state: 'queued', wasTried: false } as const;
    this.pending.value = [...this.pending.value, message];
    void this.#flush();
    return true;
  }

  /** Sends a message that failed once more. */
  again(key: string): void {
    this.#change(key, { state: 'queued', wasTried: false });
    void this.#flush();
  }

  /** Gives up a message that waits or failed. */
  forget(key: string): void {
    this.pending.value = this.pending.value.filter((one) => one.key !== key);
  }

  /** Ends it; nothing is sent any more. */
  close(): void {
    clearTimeout(this.#timer);
    for (const end of this.#ends) end();
  }

  #join({ chat, settings, you }: StationSnapshot, isWhole: boolean): void {
    batch(() => {
      this.settings.value = settings;
      this.you.value = you;
      this.#hear(you.held);
      const known = isWhole ? this.messages.value : [];
      const ids = new Set(known.map(({ id }) => id));
      this.messages.value = [...known, ...chat.filter(({ id }) => !ids.has(id))].slice(-MAX_MESSAGES);
      for (const message of chat) this.#arrived(message);
      // What an answer was awaited for when the connection went: its event would have come by now.
      this.pending.value = this.pending.value.filter(({ state }) => state !== 'sent');
    });
    void this.#flush();
  }

  /** What the server says holds this person back; a wait that is known here alone stays. */
  #hear(held: StationSnapshot['you']['held']): void {
    const known = this.hold.value?.kind;
    if (held !== undefined) {
      this.hold.value = { kind: held.kind === 'mute' ? 'muted' : 'banned', until: held.until ?? undefined };
      if (held.until !== null) this.#retryIn(Math.max(0, held.until - Date.now()));
    } else if (known === 'muted' || known === 'banned') this.hold.value = undefined;
  }

  #add(message: ChatMessageEvent): void {
    if (this.messages.value.some(({ id }) => id === message.id)) return;
    batch(() => {
      this.messages.value = [...this.messages.value, message].slice(-MAX_MESSAGES);
      this.#arrived(message);
    });
  }

  #drop(id: string): void {
    this.messages.value = this.messages.value.filter((one) => one.id !== id);
  }

  #arrived({ id, author, text }: ChatMessageEvent): void {
    if (author.id === this.you.value?.id) this.pending.value = withoutArrived(this.pending.value, { id, text });
  }

  /** Sends what waits, one after the other, so that the order stays. */
  async #flush(): Promise<void> {
    const next = this.pending.value.find(({ state }) => state === 'queued');
    if (next === undefined || this.#isSending || this.#isHeld || this.state.value !== 'joined') return;
    this.#isSending = true;
    this.#change(next.key, { state: 'sending', wasTried: true });
    const answer = await this.link.send(next.text, next.key);
    this.#isSending = false;
    if (answer.ok) this.#accepted(next.key, answer.id);
    else if (!this.#refused(next, answer.error)) return;
    void this.#flush();
  }

  get #isHeld(): boolean {
    const until = this.hold.value?.until;
    return this.hold.value !== undefined && (until === undefined || until > Date.now());
  }

  #accepted(key: string, id: string): void {
    const isThere = this.messages.value.some((message) => message.id === id);
    if (isThere) this.forget(key);
    else this.#change(key, { state: 'sent', id });
  }

  /** Whether the next one may be sent now. */
  #refused({ key }: PendingMessage, problem: SocketError): boolean {
    const { code } = problem;
    if (code === 'unavailable' || code === 'server_going_down') {
      this.#change(key, { state: 'queued' }); // whether it is there already is seen in what was missed
      this.#retryIn(problem.retryAfterMs ?? 2000);
      return false;
    }
    if (code === 'slow_mode' || code === 'rate_limited') {
      this.#change(key, { state: 'queued', wasTried: false });
      this.#holdFor(code === 'slow_mode' ? 'slow' : 'fast', problem.retryAfterMs ?? 1000);
      return false;
    }
    if (code === 'muted') this.#holdFor('muted', problem.retryAfterMs);
    if (code === 'banned') this.#holdFor('banned', problem.retryAfterMs);
    this.#change(key, { state: 'failed', problem });
    return true;
  }

  #holdFor(kind: Hold['kind'], ms: number | undefined): void {
    if (ms === undefined) {
      this.hold.value = { kind, until: undefined };
      return;
    }
    const wait = Math.max(LEAST_HOLD_MS, ms);
    this.hold.value = { kind, until: Date.now() + wait };
    this.#retryIn(wait);
  }

  #retryIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.#isHeld) this.hold.value = undefined;
      void this.#flush();
    }, ms + 50);
  }

  #change(key: string, change: Partial<PendingMessage>): void {
    this.pending.value = this.pending.value.map((one) => (one.key === key ? { ...one, ...change } : one));
  }
}

/** The mode that keeps somebody from writing; undefined where none does. */
function closedFor(you: StationSnapshot['you'] | undefined, mode: ChatSettings['mode']) {
  if (mode === 'off') return mode;
  return you === undefined || mode === 'everyone' || mayChatIn(mode, you.station) ? undefined : mode;
}
