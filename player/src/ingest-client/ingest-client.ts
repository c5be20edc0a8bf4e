import { type IngestMetadata, MAX_CHUNK_BYTES, type Milliseconds } from '@awaz/infra/contract';
import type { BacklogTotals } from './chunk-backlog.ts';
import type { IngestClientEvents, IngestState } from './client-events.ts';
import type { RecordedChunk } from './epoch-buffer.ts';
import { IngestMachine } from './ingest-machine.ts';
import { ingestUrl } from './ingest-wire.ts';
import type { MachineEffect } from './machine-effects.ts';

/** What the client uses of a WebSocket; the browser's and that of `ws` are such. */
export type IngestSocket = {
  readonly readyState: number;
  binaryType: string;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  /** Leaves without waiting for the peer, where there is such a thing (`ws`). */
  terminate?(): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
  addEventListener(type: 'error', listener: (event: object) => void): void;
};

/** Settings of an {@link IngestClient}. */
export type IngestClientOptions = {
  /** Servers as `http(s)://…` or `ws(s)://…`; the first is used until it cannot be reached, then the next. */
  servers: readonly [string, ...string[]];
  /** Slug of the station. */
  station: string;
  /** Stream key, or an owner's access token; asked for with each connection where it is a function, since tokens expire. */
  key: string | (() => string);
  /** Opens a socket: `(url) => new WebSocket(url)`. */
  openSocket: (url: string) => IngestSocket;
  /** Take the station from another publisher. */
  takeover?: boolean;
  /** A broadcast to go on with after a reload; the epoch is new. */
  broadcastId?: string | undefined;
  /**
   * What happens when the server ended the broadcast while this client was cut off for longer than it waits: stop with
   * `resume_refused` (default; a person should decide), or begin another broadcast.
   */
  whenOver?: 'fail' | 'begin_new';
  /** Leaves at once when aborted. */
  signal?: AbortSignal;
};

/** Longest wait for a peer's answer to a close, in ms; nothing depends on it but the life of the socket. */
const CLOSE_TIMEOUT_MS = 1000;

/** `readyState` of a socket that is gone. */
const CLOSED = 3;

type Listeners = { [Name in keyof IngestClientEvents]: Set<(body: IngestClientEvents[Name]) => void> };

/** Ms since 1970 that never jump: the time at load, and a monotonic clock from there. `capturedAt` is on this clock. */
export function clientTime(): Milliseconds {
  return performance.timeOrigin + performance.now();
}

/**
 * Sends recorded audio to a station and keeps it until the server has stored it: resumable ingest (INTERFACE.md section
 * 5) with reconnects. `startEpoch`, then `send` each chunk; `end` delivers the rest and ends the broadcast; `close`
 * leaves at once. Up to 60 s of unacknowledged audio are kept through a cut; beyond, the oldest goes and is told as
 * `lost` once the server is back.
 */
export class IngestClient {
  readonly #options: IngestClientOptions;
  readonly #machine: IngestMachine;
  readonly #listeners: Listeners = {
    state: new Set(),
    ready: new Set(),
    ack: new Set(),
    quality: new Set(),
    uplink: new Set(),
    notice: new Set(),
    error: new Set(),
    lost: new Set(),
    restart: new Set(),
    ended: new Set(),
  };
  #socket: IngestSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ending: Promise<IngestClientEvents['ended']> | undefined;
  #ended: IngestClientEvents['ended'] | undefined;
  #performing = false;

  /** Throws a TypeError when a server is no URL. */
  constructor(options: IngestClientOptions) {
    for (const server of options.servers) ingestUrl(server, options.station, '');
    this.#options = options;
    this.#machine = new IngestMachine({
      servers: options.servers.length,
      takeover: options.takeover ?? false,
      broadcastId: options.broadcastId,
      whenOver: options.whenOver ?? 'fail',
      random: Math.random,
    });
    const { signal } = options;
    const abort = () => this.close();
    signal?.addEventListener('abort', abort, { once: true });
    this.on('ended', (end) => {
      this.#ended = end;
    });
    this.on('state', (state) => {
      if (state === 'ended' || state === 'failed') signal?.removeEventListener('abort', abort);
    });
    if (signal?.aborted) this.close();
  }

  /** Where the client is. */
  get state(): IngestState {
    return this.#machine.state;
  }

  /** Sums of what was recorded, acknowledged and given up. */
  get totals(): BacklogTotals {
    return this.#machine.totals;
  }

  /** Server time minus {@link clientTime}, in ms; undefined before the first answer. */
  get clockOffsetMs(): Milliseconds | undefined {
    return this.#machine.clockOffsetMs;
  }

  /** Listens to an event; returns what stops listening. What a listener throws surfaces as an uncaught error. */
  on<Name extends keyof IngestClientEvents>(
    name: Name,
    listener: (body: IngestClientEvents[Name]) => void,
  ): () => void {
    this.#listeners[name].add(listener);
    return () => this.#listeners[name].delete(listener);
  }

  /**
   * A container stream of this MIME type begins: the next chunk starts with its header. The first call connects; a later
   * one means that the recorder was started anew.
   */
  startEpoch(format: string): void {
    this.#step((now) => this.#machine.startEpoch(format, now));
  }

  /**
   * Takes a chunk of the present epoch; false when none began, or the client is ending or over. What is larger than a
   * chunk may be goes in several.
   */
  send(chunk: RecordedChunk): boolean {
    return this.#step((now) => {
      this.#machine.tick(now); // timers of hidden pages come late, chunks do not
      return piecesOf(chunk).every((piece) => this.#machine.push(piece, now));
    });
  }

  /** Sets what plays from the next chunk on; waits for the connection where there is none. */
  setTitle(title: Omit<IngestMetadata, 'type'>): void {
    this.#step((now) => this.#machine.setTitle(title, now));
  }

  /**
   * Delivers what is not acknowledged yet, ends the broadcast and settles once the server said so, or after at most a
   * minute with `confirmed: false`. Rejects when the server refuses the audio for good.
   */
  end(): Promise<IngestClientEvents['ended']> {
    this.#ending ??= new Promise((resolve, reject) => {
      this.on('ended', resolve);
      this.on('error', (problem) => {
        if (problem.retryInMs === undefined) reject(new Error(problem.message));
      });
      if (this.#ended !== undefined) resolve(this.#ended);
      if (this.state === 'failed') reject(new Error('The broadcast has failed before.'));
      this.#step((now) => this.#machine.end(now));
    });
    return this.#ending;
  }

  /** Connects now instead of at the end of the wait; for when the network is back. */
  retryNow(): void {
    this.#step((now) => this.#machine.retryNow(now));
  }

  /** Leaves at once without ending the broadcast: the server waits 60 s for the owner. May be called again. */
  close(): void {
    this.#step(() => this.#machine.abandon());
  }

  #step<Result>(change: (now: Milliseconds) => Result): Result {
    const result = change(clientTime());
    this.#perform();
    return result;
  }

  /** Does all effects in order; a listener that calls back adds to the same queue. */
  #perform(): void {
    if (this.#performing) return;
    this.#performing = true;
    for (let effects = this.#machine.drain(); effects.length > 0; effects = this.#machine.drain()) {
      for (const effect of effects) this.#do(effect);
    }
    this.#performing = false;
    clearTimeout(this.#timer);
    const wakeAt = this.#machine.wakeAt();
    if (wakeAt === undefined) return;
    this.#timer = setTimeout(
      () => this.#step((now) => this.#machine.tick(now)),
      Math.max(0, wakeAt - clientTime()) + 1,
    );
  }

  #do(effect: MachineEffect): void {
    if (effect.do === 'connect') this.#connect(effect.server);
    else if (effect.do === 'disconnect') this.#leave();
    else if (effect.do === 'send') this.#socket?.send(effect.data);
    else this.#tell(effect.name, effect.body);
  }

  #tell<Name extends keyof IngestClientEvents>(name: Name, body: IngestClientEvents[Name]): void {
    for (const listener of this.#listeners[name]) {
      try {
        listener(body);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  #connect(server: number): void {
    this.#leave();
    const { servers, station, key, openSocket } = this.#options;
    const secret = typeof key === 'string' ? key : key();
    const socket = openSocket(ingestUrl(servers[server] ?? servers[0], station, secret));
    this.#socket = socket;
    let failure = '';
    const ifCurrent = (change: (now: Milliseconds) => void) => {
      if (this.#socket === socket) this.#step(change);
    };
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => ifCurrent((now) => this.#machine.socketOpened(now)));
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') ifCurrent((now) => this.#machine.message(data, now));
    });
    socket.addEventListener('error', (event) => {
      failure = 'message' in event ? String(event.message) : '';
    });
    socket.addEventListener('close', ({ code, reason }) => {
      ifCurrent((now) => this.#machine.socketClosed({ code, reason: reason || failure }, now));
    });
  }

  #leave(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    socket.close(1000);
    if (socket.terminate === undefined || socket.readyState === CLOSED) return;
    const timer = setTimeout(() => socket.terminate?.(), CLOSE_TIMEOUT_MS);
    socket.addEventListener('close', () => clearTimeout(timer));
  }
}

function piecesOf(chunk: RecordedChunk): RecordedChunk[] {
  const { payload, durationMs } = chunk;
  if (payload.length <= MAX_CHUNK_BYTES) return [chunk];
  const count = Math.ceil(payload.length / MAX_CHUNK_BYTES);
  return Array.from({ length: count }, (_, n) => ({
    payload: payload.subarray(n * MAX_CHUNK_BYTES, (n + 1) * MAX_CHUNK_BYTES),
    capturedAt: chunk.capturedAt,
    ...(durationMs === undefined ? {} : { durationMs: durationMs / count }),
  }));
}
