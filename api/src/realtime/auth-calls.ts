import { AwazError, type SocketIdentity } from '@awaz/infra/contract';
import { authRenewSchema } from '@awaz/infra/contract/schemas';
import { type Authenticator, tokenExpiryOf } from '../auth/index.ts';
import { defineCall, type SocketCall } from './socket-calls.ts';
import { checkNamespace, identityOf } from './socket-identity.ts';
import { type LiveSocket, NAMESPACES } from './socket-types.ts';

/** What the calls need. */
export type AuthCallsOptions = { authenticator: Pick<Authenticator, 'identifySocket'> };

/** `auth:renew`: a fresh token for an open socket. */
export function authCalls({ authenticator }: AuthCallsOptions): SocketCall[] {
  return [
    defineCall({
      ...{ event: 'auth:renew', namespaces: NAMESPACES, schema: authRenewSchema, limit: 'auth:renew' },
      isForExpired: true,
      handler: async ({ token }, socket) => {
        const { caller } = await authenticator.identifySocket({ token });
        const you = identityOf(caller);
        checkSame(socket, you);
        checkNamespace(socket.nsp.name, caller);
        const tokenExpiresAt = tokenExpiryOf(caller);
        Object.assign(socket.data, { caller, identity: you, tokenExpiresAt, isExpired: false });
        return { you, tokenExpiresAt };
      },
    }),
  ];
}

function checkSame({ data: { identity } }: LiveSocket, { id }: SocketIdentity): void {
  if (identity.id === id) return;
  throw new AwazError('forbidden', 'This token is of somebody else. Connect again to become them.');
}
