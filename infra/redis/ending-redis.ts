import { Cluster, Redis } from 'ioredis';

/** How long a command of a prompt connection waits for a cluster that is away, in ms. */
const PROMPT_PATIENCE_MS = 3000;

type AnyCommand = Parameters<Cluster['sendCommand']>[0];

/**
 * ioredis forgets a connection that is disconnected while it waits to reconnect: no 'end' comes, and commands in its
 * queue never settle. One more attempt, given up as soon as it succeeds, makes it end like any other.
 */
export class EndingRedis extends Redis {
  override disconnect(reconnect = false): void {
    const waits = this.status === 'reconnecting' && !reconnect;
    super.disconnect(reconnect);
    if (!waits) return;
    this.once('connect', () => super.disconnect());
    this.connect().catch(() => undefined);
  }
}

/** The same for a cluster: it ends whenever it is disconnected, and its queue with it. */
export class EndingCluster extends Cluster {
  /** Whether commands fail soon while no node answers. */
  isPrompt = false;

  override disconnect(reconnect = false): void {
    const waits = this.status === 'reconnecting' && !reconnect;
    super.disconnect(reconnect);
    // Nothing is connected whose end could be waited for.
    if (waits) (this as unknown as { handleCloseEvent(): void }).handleCloseEvent();
  }

  override sendCommand(...given: Parameters<Cluster['sendCommand']>): unknown {
    const [command] = given;
    if (this.isPrompt && this.status !== 'ready') (command as AnyCommand).setTimeout(PROMPT_PATIENCE_MS);
    return super.sendCommand(...given);
  }
}
