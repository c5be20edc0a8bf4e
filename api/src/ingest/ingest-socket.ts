import { AwazError } from '@awaz/infra/contract';
import { WebSocket } from 'ws';

/** What the receiver of a WebSocket closes with (RFC 6455 7.4.1), as errors of ours. */
const FAULTS: Record<number, () => AwazError> = {
  1002: () => new AwazError('bad_message', 'A WebSocket frame breaks the protocol (RFC 6455).'),
  1007: () => new AwazError('bad_message', 'A text message is not UTF-8.'),
  1008: () => new AwazError('bad_message', 'A message came in too many pieces.'),
  1009: () => new AwazError('chunk_too_large', 'A message is larger than a chunk may be: 1 MiB. Send smaller pieces.'),
};

/**
 * A WebSocket whose broken input can be answered: where `ws` would close by itself with a code of its own, `onFault` is
 * called instead, so that the client can be told first. Nothing is received after that.
 */
export class IngestSocket extends WebSocket {
  /** Takes the fault. */
  onFault: ((error: AwazError) => void) | undefined;

  override close(code?: number, reason?: string | Buffer): void {
    const fault = code === undefined ? undefined : FAULTS[code];
    if (fault === undefined || this.onFault === undefined || this.readyState !== WebSocket.OPEN) {
      super.close(code, reason);
      return;
    }
    this.onFault(fault());
  }
}
