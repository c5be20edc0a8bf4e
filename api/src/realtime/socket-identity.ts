import { AwazError, mayDo, type SocketIdentity } from '@awaz/infra/contract';
import { socketAuthSchema } from '@awaz/infra/contract/schemas';
import { type Authenticator, actorOfCaller, type Caller, clientAddress, tokenExpiryOf } from '../auth/index.ts';
import type { RateLimitTaker } from '../limits/index.ts';
import { type GrantSource, ListenPasses } from './listen-passes.ts';
import { asAwazError } from './live-errors.ts';
import type { LiveSocket, SocketData } from './socket-types.ts';

/** What is needed to know who opens a socket. */
export type SocketIdentityOptions = {
  authenticator: Pick<Authenticator, 'identifySocket'>;
  grants: GrantSource;
  limits: RateLimitTaker;
  /** Whether `X-Forwarded-For` is to be believed. */
  trustProxy: boolean;
  /** Throws when its connection is one too many. */
  admit: (socket: LiveSocket) => void;
};

/**
 * Finds out who opens a socket and lets it into the namespace. Who is refused gets `connect_error` with `data.code`,
 * `data.message`, and `data.retryAfterMs` where trying again makes sense.
 */
export function socketIdentity(options: SocketIdentityOptions) {
  const counted = new WeakSet<object>();
  const identify = async (socket: LiveSocket): Promise<void> => {
    options.admit(socket);
    const address = clientAddress(socket.request, options.trustProxy);
    if (!counted.has(socket.conn)) await options.limits.take('socket:connect', address, address);
    counted.add(socket.conn); // a connection counts once, whatever namespaces it uses
    socket.data = await dataOf(socket, address, options);
    checkNamespace(socket.nsp.name, socket.data.caller);
  };
  return (socket: LiveSocket, next: (error?: Error) => void): void => {
    identify(socket).then(
      () => next(),
      (error: unknown) => next(refusal(error)),
    );
  };
}

/** An error that Socket.IO hands to a client whole. */
export function refusal(thrown: unknown): Error {
  const { code, message, retryAfterMs } = asAwazError(thrown);
  return Object.assign(new Error(message), {
    data: { code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs: Math.ceil(retryAfterMs) }) },
  });
}

async function dataOf(socket: LiveSocket, address: string, options: SocketIdentityOptions): Promise<SocketData> {
  const parsed = socketAuthSchema.safeParse(socket.handshake.auth);
  if (!parsed.success) {
    throw new AwazError(
      'bad_message',
      'The auth of a connection may hold token, name, guest and listenToken, each a text.',
    );
  }
  const { token, name, guest, listenToken } = parsed.data;
  const auth = {
    ...(token === undefined ? {} : { token }),
    ...(name === undefined ? {} : { name }),
    ...(guest === undefined ? {} : { guest }),
  };
  const { caller, signedGuest } = await options.authenticator.identifySocket(auth);
  const identity = identityOf(caller);
  const tokenExpiresAt = tokenExpiryOf(caller);
  const passes = new ListenPasses(options.grants);
  return { caller, passes, listenToken, identity, subject: identity.id, address, signedGuest, tokenExpiresAt };
}

/** A caller as clients are told of it. Throws `unauthenticated` for one that is nobody. */
export function identityOf(caller: Caller): SocketIdentity {
  if (caller.kind === 'account') {
    const { id, name, role } = caller.account;
    return { id, name, role };
  }
  if (caller.kind === 'guest' && caller.guest !== undefined) return { ...caller.guest, role: 'guest' };
  throw new AwazError('unauthenticated');
}

/** Throws when a namespace is not for this caller. */
export function checkNamespace(name: string, caller: Caller): void {
  if (name !== '/admin' || mayDo(actorOfCaller(caller), 'admin.read')) return;
  if (caller.kind === 'account') throw new AwazError('forbidden', 'This is for administrators.');
  throw new AwazError('unauthenticated', 'Sign in as an administrator first.');
}
