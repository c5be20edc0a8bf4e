import { type Acknowledgement, isRetryable, type SocketError, type SocketIdentity } from '@awaz/infra/contract';
import type { Socket } from 'socket.io-client';
import { type CloseDetails, codeOfClose } from './close-code.ts';
import { browserGuestMemory, type GuestMemory } from './guest-memory.ts';
import { type LiveNamespace, notDone } from './live-calls.ts';
import type { LiveProblem, LiveState } from './live-state.ts';
import { onNetworkReturn } from './network-return.ts';
import { reconnectDelay } from './reconnect-delay.ts';
import { TokenRenewal } from './token-renewal.ts';

/** How long it may take from opening a socket to the server's welcome, in ms. */
const WELCOME_WITHIN_MS = 15_000;

/** How long an answer to a call may take, in ms. */
const ANSWER_WITHIN_MS = 10_000;

/**
 * Gives an access token, or undefined to come as a guest. `needsFresh`: the last one was not taken, or expires soon. When
 * it rejects, it is asked again later.
 */
export type TokenSource = (needsFresh: boolean) => string | undefined | Promise<string | undefined>;

type Welcome = { you: SocketIdentity; guest?: string; tokenExpiresAt?: number; serverTime: number };

/** Who is at this end, and where the server is. */
export type LiveConnectionOptions = {
  /** `https://…`; the page's own server when left out. */
  server?: string;
  namespace: LiveNamespace;
  /** A guest comes when left out. */
  token?: TokenSource;
  /** Name of a guest. */
  name?: () => string | undefined;
  /** This browser's when left out. */
  guestMemory?: GuestMemory;
};

/** What the owner of a connection is told. */
export type ConnectionListener = {
  onState(state: LiveState, problem: LiveProblem | undefined): void;
  onEvent(name: string, body: unknown): void;
};

/**
 * One connection that is always made again: over cuts, servers that go down and tokens that expire, with growing waits. It
 * is the only one who retries. `close` ends it and may be called again.
 */
export class LiveConnection {
  readonly #options: LiveConnectionOptions;
  readonly #listener: ConnectionListener;
  readonly #guestMemory: GuestMemory;
  readonly #closing = new AbortController();
  readonly #renewal = new TokenRenewal(() => this.#renewToken());
  #state: LiveState = 'connecting';
  #problem: LiveProblem | undefined;
  #you: SocketIdentity | undefined;
  #socket: Socket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #failures = 0;
  #isTokenRefused = false;

  constructor(options: LiveConnectionOptions, listener: ConnectionListener) {
    this.#options = options;
    this.#listener = listener;
    this.#guestMemory = options.guestMemory ?? browserGuestMemory();
    onNetworkReturn(() => this.retryNow(), this.#closing.signal);
    void this.#connect();
  }

  /** Where the connection is. */
  get state(): LiveState {
    return this.#state;
  }

  /** Why it is not live. */
  get problem(): LiveProblem | undefined {
    return this.#problem;
  }

  /** Who the server took this client for, last time. */
  get you(): SocketIdentity | undefined {
    return this.#you;
  }

  /** Calls the server. Never rejects: what goes wrong on the way is an answer too. */
  async call(name: string, body: object): Promise<Acknowledgement<Record<string, unknown>>> {
    const socket = this.#socket;
    if (socket === undefined || this.#state !== 'live') return notDone('There is no connection to the server.');
    try {
      return await socket.timeout(ANSWER_WITHIN_MS).emitWithAck(name, body);
    } catch {
      return notDone('The server did not answer; it may or may not have been done.');
    }
  }

  /** Connects now when it is offline, instead of at the end of the wait. */
  retryNow(): void {
    if (this.#state === 'offline') void this.#connect();
  }

  /** Connects anew as who one is by now: signed in or out, or by another name. */
  renew(): void {
    if (this.#state === 'closed') return;
    this.#failures = 0;
    this.#isTokenRefused = false;
    this.#leave();
    this.#enter('connecting', undefined);
    void this.#connect();
  }

  /** Ends it. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#closing.abort();
    this.#leave();
    this.#enter('closed', undefined);
  }

  /** Never rejects. Another attempt, or the end, makes an attempt that still waits give up. */
  async #connect(): Promise<void> {
    this.#leave();
    const attempt = this.#attempt;
    try {
      const [token, { io }] = await Promise.all([
        this.#options.token?.(this.#isTokenRefused),
        import('./socket-io.ts'),
      ]);
      if (attempt !== this.#attempt) return;
      const { server = '', namespace } = this.#options;
      const options = { transports: ['websocket'], forceNew: true, reconnection: false, auth: this.#auth(token) };
      this.#socket = io(server + namespace, options);
      this.#listen(this.#socket, token !== undefined);
      const late = { code: 'unavailable', message: 'The server did not answer in time.' } as const;
      this.#timer = setTimeout(() => this.#fail(late, true), WELCOME_WITHIN_MS);
    } catch (error) {
      if (attempt !== this.#attempt) return;
      this.#fail({ code: 'unavailable', message: `Connecting failed: ${(error as Error).message}` }, true);
    }
  }

  #auth(token: string | undefined): Record<string, string> {
    if (token !== undefined) return { token };
    const name = this.#options.name?.();
    const guest = this.#guestMemory.recall();
    return { ...(name === undefined ? {} : { name }), ...(guest === undefined ? {} : { guest }) };
  }

  #listen(socket: Socket, hadToken: boolean): void {
    let goodbye: { code: SocketError['code']; message: string; retryable: boolean } | undefined;
    socket.on('server:welcome', (welcome: Welcome) => this.#welcomed(welcome));
    socket.on('server:goodbye', (told: typeof goodbye) => {
      goodbye = told;
    });
    socket.on('connect_error', (error) => this.#refuse(error, hadToken));
    socket.on('disconnect', (_reason, details) => {
      this.#isTokenRefused = isAboutToken(goodbye?.code);
      const code = codeOfClose(details as CloseDetails) ?? 'unavailable';
      const cut = { code, message: 'The connection to the server was lost.' };
      this.#fail(goodbye ?? cut, goodbye?.retryable ?? isRetryable(code));
    });
    socket.onAny((name: string, body: unknown) => this.#listener.onEvent(name, body));
  }

  #welcomed({ you, guest, tokenExpiresAt, serverTime }: Welcome): void {
    clearTimeout(this.#timer);
    this.#failures = 0;
    this.#isTokenRefused = false;
    this.#you = you;
    if (guest !== undefined) this.#guestMemory.remember(guest);
    if (tokenExpiresAt !== undefined) this.#renewal.start(tokenExpiresAt - serverTime);
    this.#enter('live', undefined);
  }

  /** Never rejects. When it does not work the server says goodbye in a while, and the next connection has a fresh token. */
  async #renewToken(): Promise<number | undefined> {
    try {
      const token = await this.#options.token?.(true);
      if (token === undefined) return undefined;
      const answer = await this.call('auth:renew', { token });
      return answer.ok ? Number(answer.tokenExpiresAt) - Date.now() : undefined;
    } catch {
      return undefined;
    }
  }

  /** The server, or the way to it, did not let this client in. */
  #refuse(error: Error & { data?: Partial<SocketError> }, hadToken: boolean): void {
    const { code, message, retryAfterMs } = error.data ?? {};
    if (code === undefined) {
      this.#fail({ code: 'unavailable', message: 'The server cannot be reached.' }, true);
      return;
    }
    const mayAgain = isAboutToken(code) ? hadToken && !this.#isTokenRefused : isRetryable(code);
    this.#isTokenRefused = isAboutToken(code);
    const told = { code, message: message ?? error.message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    this.#fail(told, mayAgain);
  }

  #fail({ code, message, retryAfterMs }: SocketError, mayAgain: boolean): void {
    this.#leave();
    const about = { code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    if (!mayAgain) {
      this.#enter('refused', { ...about, retryInMs: undefined });
      return;
    }
    const retryInMs = Math.max(retryAfterMs ?? 0, reconnectDelay(this.#failures, Math.random));
    this.#failures += 1;
    this.#timer = setTimeout(() => void this.#connect(), retryInMs);
    this.#enter('offline', { ...about, retryInMs });
  }

  /** Lets go of the socket and of what is waited for. */
  #leave(): void {
    this.#attempt += 1;
    clearTimeout(this.#timer);
    this.#renewal.stop();
    this.#socket?.off().offAny().close();
    this.#socket = undefined;
  }

  #enter(state: LiveState, problem: LiveProblem | undefined): void {
    this.#state = state;
    this.#problem = problem;
    this.#listener.onState(state, problem);
  }
}

function isAboutToken(code: SocketError['code'] | undefined): boolean {
  return code === 'token_expired' || code === 'unauthenticated';
}
