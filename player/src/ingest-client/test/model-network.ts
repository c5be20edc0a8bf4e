import { decodeChunkMessage, type IngestHello } from '@awaz/infra/contract';
import { IngestMachine } from '../ingest-machine.ts';

type Link = { toServer: (string | Uint8Array)[]; toClient: object[]; epoch: number | undefined };

/**
 * A machine, a server that keeps its word, and the network between them, in which messages are delivered one by one and
 * the connection can break at any moment.
 */
export class ModelNetwork {
  /** What the server stored: the contents of its chunks, epoch by epoch. */
  readonly epochs: number[][] = [];
  /** What was recorded: the contents of the chunks, epoch by epoch. */
  readonly recorded: number[][] = [];
  /** Whether the server got the end. */
  ended = false;
  /** Chunks that were told as lost. */
  lost = 0;
  readonly #machine = new IngestMachine({
    servers: 1,
    takeover: false,
    broadcastId: undefined,
    whenOver: 'fail',
    random: () => 0.5,
  });
  #now = 1e12;
  #content = 0;
  #link: Link | undefined;

  /** The recorder begins a container stream. */
  startEpoch(): void {
    this.recorded.push([]);
    this.#machine.startEpoch('audio/webm', this.#now);
    this.#perform();
  }

  /** The recorder hands out a chunk of 60 ms. */
  record(): void {
    this.#now += 60;
    const payload = new Uint8Array(4);
    new DataView(payload.buffer).setUint32(0, this.#content);
    this.recorded.at(-1)?.push(this.#content++);
    this.#machine.push({ payload, capturedAt: this.#now, durationMs: 60 }, this.#now);
    this.#perform();
  }

  /** The oldest message on the way to the server arrives. */
  deliverToServer(): void {
    const message = this.#link?.toServer.shift();
    if (this.#link === undefined || message === undefined) return;
    if (typeof message !== 'string') this.#store(this.#link, message);
    else if (message.includes('"hello"')) this.#greet(this.#link, JSON.parse(message) as IngestHello);
    else {
      this.ended = true;
      this.#link.toClient.push({ type: 'ended', broadcastId: 'b', reason: 'ended_by_owner' });
    }
  }

  /** The oldest message on the way to the client arrives. */
  deliverToClient(): void {
    const message = this.#link?.toClient.shift();
    if (message === undefined) return;
    this.#machine.message(JSON.stringify(message), this.#now);
    this.#perform();
  }

  /** The connection breaks; what is on the way is gone. */
  cut(): void {
    if (this.#link === undefined) return;
    this.#link = undefined;
    this.#machine.socketClosed({ code: 1006, reason: '' }, this.#now);
    this.#perform();
  }

  /** The server loses its newest chunks, as Redis does when it is killed. */
  forget(chunks: number): void {
    this.cut();
    const newest = this.epochs.at(-1);
    newest?.splice(Math.max(0, newest.length - chunks));
  }

  /** No fault any more: everything is delivered, and the broadcast ended. */
  settle(): void {
    this.#machine.end(this.#now);
    this.#perform();
    for (let step = 0; this.#machine.state !== 'ended' && step < 10_000; step++) {
      const idle = this.#link === undefined || this.#link.toServer.length + this.#link.toClient.length === 0;
      if (idle) this.#wake();
      this.deliverToServer();
      this.deliverToClient();
    }
  }

  #wake(): void {
    this.#now = Math.max(this.#now, this.#machine.wakeAt() ?? this.#now);
    this.#machine.tick(this.#now);
    this.#perform();
  }

  #greet(link: Link, { resume }: IngestHello): void {
    const known = resume?.epoch === undefined ? -1 : Number(resume.epoch);
    link.epoch = known >= 0 ? known : this.epochs.push([]) - 1;
    const nextSeq = this.epochs[link.epoch]?.length ?? 0;
    link.toClient.push({ type: 'ready', broadcastId: 'b', epoch: String(link.epoch), nextSeq, serverTime: this.#now });
  }

  #store(link: Link, bytes: Uint8Array): void {
    const { seq, payload } = decodeChunkMessage(bytes);
    const chunks = this.epochs[link.epoch ?? -1];
    if (chunks === undefined || seq > chunks.length) throw new Error(`chunk ${seq} came out of order`);
    const content = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
    if (seq === chunks.length) chunks.push(content);
    link.toClient.push({ type: 'ack', seq, serverTime: this.#now });
  }

  #perform(): void {
    for (const effect of this.#machine.drain()) {
      if (effect.do === 'connect') {
        this.#link = { toServer: [], toClient: [], epoch: undefined };
        this.#machine.socketOpened(this.#now);
        this.#perform();
      } else if (effect.do === 'disconnect') this.#link = undefined;
      else if (effect.do === 'send') this.#link?.toServer.push(effect.data);
      else if (effect.name === 'lost') this.lost += effect.body.chunks;
    }
  }
}
