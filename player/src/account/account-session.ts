import type {
  ChangeMeRequest,
  ChangePasswordRequest,
  OwnAccount,
  RegisterRequest,
  SignedIn,
} from '@awaz/infra/contract';
import { computed, signal } from '@preact/signals';
import { asProblem, callRest, type RestCall, type RestProblem } from '../rest/index.ts';
import { setSessionMark } from './session-mark.ts';

/** Whether somebody is signed in. `unreachable`: the server has not said yet; it is asked again. */
export type SessionState =
  | { kind: 'asking' | 'signed_out' | 'unreachable' }
  | { kind: 'signed_in'; account: OwnAccount };

/** So long before its end an access token is replaced, in ms; timers of hidden pages may come a minute late. */
const RENEW_BEFORE_MS = 150_000;

/** A token with less left than this is not used any more, in ms. */
const LEAST_LEFT_MS = 15_000;

/** Waits before the server is asked again, in ms. A lost answer must be fetched within the 10 s grace of its token. */
const RETRY_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];

const CHANNEL = 'awaz-account';

/**
 * Who uses this page. The right to be signed in is in a cookie that no script reads; the access token made of it is kept
 * in memory alone and replaced before it expires. Tabs tell each other of signing in and out. `close` ends the timers.
 */
export class AccountSession {
  readonly #state = signal<SessionState>({ kind: 'asking' });
  /** Whether somebody is signed in. */
  readonly state = computed(() => this.#state.value);
  /** The account that is signed in. */
  readonly account = computed(() => (this.#state.value.kind === 'signed_in' ? this.#state.value.account : undefined));
  readonly #tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(CHANNEL);
  #token: { text: string; expiresAt: number } | undefined;
  #renewing: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #closed = false;

  constructor() {
    this.#tabs?.addEventListener('message', ({ data }) => {
      if (data === 'signed_out') this.#forget();
      else void this.renew().catch(() => {});
    });
  }

  /** Asks whether somebody is signed in. Never rejects; the state tells. */
  async start(): Promise<void> {
    await this.renew().catch(() => {});
  }

  /** Says that nobody is signed in without asking: for pages of which the browser knows it. */
  assumeGuest(): void {
    if (this.#state.value.kind === 'asking') this.#forget();
  }

  /** The access token as it is, perhaps too old; empty when signed out. One that is nearly over is being replaced. */
  tokenNow(): string {
    if (this.#token !== undefined && this.#left < RENEW_BEFORE_MS) void this.renew().catch(() => {});
    return this.#token?.text ?? '';
  }

  /** An access token that is good for a while. Rejects with {@link RestProblem}. */
  async token(): Promise<string> {
    if (this.#left < LEAST_LEFT_MS) await this.renew();
    return this.tokenNow();
  }

  /** Asks the API as this account, once more when the token was not taken. Rejects with {@link RestProblem}. */
  async call<Answer>(path: string, call: RestCall = {}): Promise<Answer> {
    try {
      return await callRest<Answer>(path, { ...call, token: await this.token() });
    } catch (error) {
      const { code } = asProblem(error);
      if (code !== 'token_expired' && code !== 'unauthenticated') throw error;
      await this.renew();
      return callRest<Answer>(path, { ...call, token: this.tokenNow() });
    }
  }

  /** Signs in. Rejects with `bad_credentials`, `rate_limited`, … */
  signIn(body: { email: string; password: string }): Promise<OwnAccount> {
    return this.#enter('/auth/login', body);
  }

  /** Makes an account and signs it in. Rejects with `email_taken`, `bad_request`, … */
  register(body: RegisterRequest): Promise<OwnAccount> {
    return this.#enter('/auth/register', body);
  }

  /** Signs in by the token of a one-time link. Rejects with `bad_credentials` when it was used or is too old. */
  signInOnce(token: string): Promise<OwnAccount> {
    return this.#enter('/auth/one-time', { token });
  }

  /** Ends this sign-in, in all tabs. */
  async signOut(): Promise<void> {
    await callRest('/auth/logout', { method: 'POST' });
    this.#leave();
  }

  /** Ends every sign-in of the account, on all devices. */
  async signOutEverywhere(): Promise<void> {
    await this.call('/auth/logout-everywhere', { method: 'POST' });
    this.#leave();
  }

  /** Changes name or address. */
  async change(body: ChangeMeRequest): Promise<void> {
    const account = await this.call<OwnAccount>('/me', { method: 'PATCH', body });
    this.#state.value = { kind: 'signed_in', account };
  }

  /** Sets another password; every other sign-in of the account ends. */
  async changePassword(body: ChangePasswordRequest): Promise<void> {
    this.#adopt(await this.call<SignedIn>('/me/password', { method: 'POST', body }));
  }

  /** Replaces the access token now; calls at the same time share one. Rejects with {@link RestProblem}. */
  renew(): Promise<void> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  /** Ends timers and talk with other tabs; nobody is signed out. May be called again. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#tabs?.close();
  }

  get #left(): number {
    return this.#token === undefined ? 0 : this.#token.expiresAt - Date.now();
  }

  async #enter(path: string, body: object): Promise<OwnAccount> {
    const signedIn = await callRest<SignedIn>(path, { method: 'POST', body });
    this.#adopt(signedIn);
    this.#tabs?.postMessage('signed_in');
    return signedIn.account;
  }

  async #renew(): Promise<void> {
    try {
      this.#adopt(await oneTabAtATime(() => callRest<SignedIn>('/auth/refresh', { method: 'POST' })));
    } catch (error) {
      const problem = asProblem(error);
      if (problem.code === 'refresh_refused') this.#forget();
      else this.#tryLater(problem);
      throw problem;
    }
  }

  #adopt({ accessToken, expiresIn, account }: SignedIn): void {
    this.#failures = 0;
    this.#token = { text: accessToken, expiresAt: Date.now() + expiresIn * 1000 };
    this.#state.value = { kind: 'signed_in', account };
    setSessionMark(true);
    this.#renewIn(Math.max(LEAST_LEFT_MS, this.#left - RENEW_BEFORE_MS));
  }

  #leave(): void {
    this.#forget();
    this.#tabs?.postMessage('signed_out');
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#token = undefined;
    this.#state.value = { kind: 'signed_out' };
    setSessionMark(false);
  }

  #tryLater({ retryAfterMs = 0 }: RestProblem): void {
    if (this.#state.value.kind === 'asking') this.#state.value = { kind: 'unreachable' };
    const wait = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)] ?? 0;
    this.#renewIn(Math.max(wait, retryAfterMs));
  }

  #renewIn(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = setTimeout(() => void this.renew().catch(() => {}), ms);
  }
}

/** Tabs share the cookie and each use of it replaces it; so they use it one after the other, where the browser can do that. */
function oneTabAtATime<T>(act: () => Promise<T>): Promise<T> {
  return 'locks' in navigator ? navigator.locks.request('awaz-refresh', act) : act();
}
