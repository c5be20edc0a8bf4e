import type { Acknowledgement, ChatMessageEvent, SocketError, StationSnapshot } from '@awaz/infra/contract';
import { signal } from '@preact/signals';
import type { FeedState, StationFeedEvents } from '../../live/index.ts';
import type { ChatLink } from '../chat-link.ts';

type Answer = Acknowledgement<{ id: string; at: number }>;

/** The server's end of a chat in memory: what is sent waits here for an answer. */
export class FakeChat {
  /** Texts that were sent and are not answered yet, with what answers them. */
  readonly sent: { text: string; key: string; answer: (answer: Answer) => void }[] = [];
  readonly link: ChatLink;
  #state: FeedState = 'waiting';
  #offset = 0;
  readonly #listeners = new Map<string, Set<(body: never) => void>>();

  constructor() {
    const unused = () => Promise.reject(new Error('not part of this test'));
    this.link = {
      feed: {
        station: 'radio',
        state: this.#state,
        snapshot: undefined,
        on: (name, listener) => {
          const listeners = this.#listeners.get(name) ?? new Set();
          this.#listeners.set(name, listeners.add(listener as (body: never) => void));
          return () => listeners.delete(listener as (body: never) => void);
        },
      },
      isOffline: signal(false),
      send: (text, key) => new Promise((answer) => this.sent.push({ text, key, answer })),
      ...{ remove: unused, report: unused, mute: unused, ban: unused },
      guestName: { get: () => 'Guest', set: () => {} },
    };
  }

  /** Opens the chat, for the first time or again. */
  open(rest: Partial<StationSnapshot> = {}, isWhole = false): void {
    this.state('joined');
    const snapshot: StationSnapshot = {
      ...{ live: null, metadata: null, listeners: { count: 0, peak: 0, exact: true }, likes: 0, chat: [] },
      settings: { mode: 'everyone', slowSeconds: 0, links: 'everyone' },
      you: { id: 'me', name: 'Me', role: 'guest', station: 'guest', mayChat: true },
      ...rest,
    };
    this.tell('snapshot', { snapshot, isWhole });
  }

  /** The connection changes. */
  state(state: FeedState): void {
    this.#state = state;
    this.tell('state', state);
  }

  /** Tells an event. */
  tell<Name extends keyof StationFeedEvents>(name: Name, body: StationFeedEvents[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(body as never);
  }

  /** A message of somebody comes; returns it. */
  say(text: string, author = 'somebody'): ChatMessageEvent {
    const message = this.message(text, author);
    this.tell('chat:message', message);
    return message;
  }

  /** A message as an event. */
  message(text: string, author = 'somebody'): ChatMessageEvent {
    const id = `1-${++this.#offset}`;
    return { station: 'radio', id, position: id, author: { id: author, name: author, role: 'guest' }, text, at: 0 };
  }

  /** Answers the oldest message that was sent: with the id of an event, or a refusal. */
  answer(answer: { id: string } | SocketError): void {
    const sent = this.sent.shift();
    if (sent === undefined) throw new Error('Nothing was sent.');
    sent.answer('id' in answer ? { ok: true, at: 0, ...answer } : { ok: false, error: answer });
  }
}
