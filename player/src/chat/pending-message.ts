import type { SocketError } from '@awaz/infra/contract';

/**
 * A message of this page that is not in the chat yet. `queued`: waits for the connection or for slow mode · `sending`: the
 * server has not answered · `sent`: accepted, its event is on its way · `failed`: refused.
 */
export type PendingMessage = {
  /** The same over all tries: the server takes a message once. */
  key: string;
  text: string;
  state: 'queued' | 'sending' | 'sent' | 'failed';
  /** Sent at least once: if no answer came, it may be in the chat already. */
  wasTried: boolean;
  /** Id that the server gave it. */
  id?: string;
  problem?: SocketError;
};

/** Most messages that wait; further ones are refused. */
export const MAX_PENDING = 20;

/** As the server keeps a text, as far as that decides whether two are the same. */
export function sameText(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(text: string): string {
  return text.normalize('NFC').replaceAll(/\s+/gu, ' ').trim();
}

/** Without the message that came as an event: by its id, else by what it says, if it is one whose answer was lost. */
export function withoutArrived(
  pending: readonly PendingMessage[],
  arrived: { id: string; text: string },
): readonly PendingMessage[] {
  const byId = pending.findIndex(({ id }) => id === arrived.id);
  const index = byId >= 0 ? byId : pending.findIndex((one) => isArrived(one, arrived.text));
  return index < 0 ? pending : pending.toSpliced(index, 1);
}

function isArrived({ wasTried, id, state, text }: PendingMessage, arrived: string): boolean {
  return wasTried && id === undefined && state !== 'failed' && sameText(text, arrived);
}
