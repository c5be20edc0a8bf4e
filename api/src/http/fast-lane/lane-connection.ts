import type { Socket } from 'node:net';
import type { FieldMemory, KnownFields, RequestFields } from './request-fields.ts';
import { readRequestHead } from './request-head.ts';

/** Most bytes of further requests that are kept while one is under way; the client waits with more. */
export const MAX_WAITING_BYTES = 16_384;

/** A request on the fast lane: a GET without a body. It is answered once, by `send` or `begin`. */
export type LaneRequest = {
  /** Path and query as they were sent. */
  readonly target: string;
  readonly fields: RequestFields;
  /** Whether its client has left. */
  readonly gone: boolean;
  /** Whether the server is going down, so that its answer should be the last of the connection. */
  readonly closing: boolean;
  /** Calls `listener` (in place of one that was given before) if the client leaves before it is answered. */
  whenGone(listener: () => void): void;
  /** Writes a whole answer; `close`: the connection ends with it. Without effect when it is answered, or its client gone. */
  send(bytes: readonly Buffer[], close: boolean): void;
  /** Writes the beginning of an answer that lasts as long as the connection, and gives the socket to write the rest to. */
  begin(head: Buffer): Socket;
};

/** What a connection needs of its lane. */
export type LaneContext = {
  /** Requests below it are answered here. */
  readonly prefix: string;
  readonly memory: FieldMemory;
  /** Grows by one with every look at the connections. */
  readonly tick: number;
  readonly closing: boolean;
  onRequest(request: LaneRequest): void;
  /** Takes the connection, from these bytes on. */
  handOver(connection: LaneConnection, socket: Socket): void;
  onClose(connection: LaneConnection): void;
};

/** What a connection waits for. */
export type LaneState =
  /** The next request. */
  | 'idle'
  /** The rest of a request. */
  | 'head'
  /** Its answer. */
  | 'request'
  /** The client to read what it was sent. */
  | 'drain'
  /** Nothing: its answer goes on until the connection ends. */
  | 'stream'
  /** Its end, or it has another owner. */
  | 'over';

const BAD_REQUEST = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n';
const REQUEST_TIMEOUT = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';

/**
 * One HTTP/1.1 connection as long as it brings plain GETs below the lane's prefix, one after the other. The first thing
 * that is anything else hands it over, with those bytes unread, for the rest of its life.
 */
export class LaneConnection implements LaneRequest {
  state: LaneState = 'head';
  /** Tick in which the state began. */
  since: number;
  target = '';
  readonly #socket: Socket;
  readonly #context: LaneContext;
  #known: KnownFields | undefined;
  /** What was read and is not yet a whole request. */
  #waiting = '';
  #reading = false;
  #paused = false;
  #onGone: (() => void) | undefined;
  readonly #onData = (piece: Buffer) => this.#take(piece);
  readonly #onEnd = () => this.#ended();
  readonly #onDrain = () => this.#drained();
  readonly #onClose = () => this.#closed();

  /** Takes a connection that nothing was read from. */
  constructor(socket: Socket, context: LaneContext) {
    this.#socket = socket;
    this.#context = context;
    this.since = context.tick;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('drain', this.#onDrain);
    socket.on('close', this.#onClose);
    socket.on('error', ignore); // what follows is its 'close'
  }

  get fields(): RequestFields {
    return this.#known?.fields ?? NO_FIELDS;
  }

  get gone(): boolean {
    return this.state === 'over' || this.#socket.destroyed;
  }

  get closing(): boolean {
    return this.#context.closing;
  }

  whenGone(listener: () => void): void {
    this.#onGone = listener;
  }

  send(bytes: readonly Buffer[], close: boolean): void {
    if (this.state !== 'request') return;
    this.#onGone = undefined;
    const socket = this.#socket;
    if (bytes.length > 1) socket.cork();
    for (const piece of bytes) socket.write(piece);
    if (bytes.length > 1) socket.uncork();
    if (close) {
      this.#end();
      return;
    }
    // A client that asks faster than it reads would fill the memory: its next request waits until this answer has left.
    this.#enter(socket.writableNeedDrain ? 'drain' : 'idle');
    this.#readOn();
  }

  begin(head: Buffer): Socket {
    this.#enter('stream');
    this.#waiting = '';
    this.#socket.write(head);
    // Nothing that a client says from now on has a meaning; it is read to learn of its end.
    this.#resume();
    return this.#socket;
  }

  /** Ends the connection if nothing is under way. */
  closeIfIdle(): void {
    if (this.state === 'idle' || this.state === 'drain') this.#end();
    else if (this.state === 'head' && this.#waiting === '') this.#end();
  }

  /** Ends a connection whose client was too slow; one in the middle of a request is told so. */
  expire(): void {
    if (this.state === 'head') this.#end(REQUEST_TIMEOUT);
    this.#socket.destroy();
  }

  #end(last?: string): void {
    this.#enter('over');
    this.#waiting = '';
    if (last !== undefined) this.#socket.write(last, 'latin1');
    this.#socket.destroySoon();
  }

  #enter(state: LaneState): void {
    this.state = state;
    this.since = this.#context.tick;
  }

  #take(piece: Buffer): void {
    if (this.state === 'stream' || this.state === 'over') return;
    const text = piece.toString('latin1');
    this.#waiting = this.#waiting === '' ? text : this.#waiting + text;
    this.#readOn();
    if (this.#waiting.length <= MAX_WAITING_BYTES || this.#paused) return;
    this.#paused = true;
    this.#socket.pause();
  }

  /** Answers one request after the other as far as they are there; what is answered at once does not recurse. */
  #readOn(): void {
    if (this.#reading || this.#waiting === '') return;
    this.#reading = true;
    while (this.#waiting !== '' && (this.state === 'idle' || this.state === 'head')) {
      const { prefix, memory } = this.#context;
      const head = readRequestHead(this.#waiting, { prefix, memory, last: this.#known });
      if (head === 'partial') {
        if (this.state === 'idle') this.#enter('head');
        break;
      }
      if (head === 'unusual') {
        this.#handOver();
        break;
      }
      this.#waiting = head.length === this.#waiting.length ? '' : this.#waiting.slice(head.length);
      this.#known = head.known;
      this.target = head.target;
      this.#enter('request');
      this.#context.onRequest(this);
    }
    this.#reading = false;
    if (this.#waiting.length <= MAX_WAITING_BYTES) this.#resume();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket.resume();
  }

  #handOver(): void {
    const socket = this.#socket;
    this.#enter('over');
    this.#letGo();
    socket.pause();
    socket.unshift(Buffer.from(this.#waiting, 'latin1'));
    this.#waiting = '';
    this.#paused = false;
    this.#context.handOver(this, socket);
    socket.resume();
  }

  #letGo(): void {
    const socket = this.#socket;
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('drain', this.#onDrain);
    socket.off('close', this.#onClose);
    socket.off('error', ignore);
  }

  #drained(): void {
    if (this.state !== 'drain') return;
    this.#enter('idle');
    this.#readOn();
  }

  /** The client will not ask any more; like Node's server, this one takes it as leaving. */
  #ended(): void {
    if (this.state === 'over') return;
    const unfinished = this.state === 'head' && this.#waiting !== '';
    this.#leave();
    this.#end(unfinished ? BAD_REQUEST : undefined);
  }

  #closed(): void {
    this.#leave();
    this.state = 'over';
    this.#context.onClose(this);
  }

  #leave(): void {
    const gone = this.#onGone;
    this.#onGone = undefined;
    gone?.();
  }
}

const NO_FIELDS: RequestFields = {};

function ignore(): void {
  // See where it is used.
}
