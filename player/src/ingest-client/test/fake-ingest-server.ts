import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  decodeChunkMessage,
  ERROR_TABLE,
  type ErrorCode,
  type IngestClientMessage,
  type IngestHello,
  type IngestMetadata,
  isRetryable,
} from '@awaz/infra/contract';
import { type WebSocket, WebSocketServer } from 'ws';
import { clientTime } from '../ingest-client.ts';

/** An epoch as the server stored it. */
export type StoredEpoch = {
  id: string;
  format: string;
  chunks: { capturedAt: number; receivedAt: number; payload: Buffer }[];
};

type Connection = { socket: WebSocket; epoch: StoredEpoch | undefined; isCut: boolean };

/**
 * A server that speaks resumable ingest as INTERFACE.md section 5 has it, with faults on demand: chunks are stored
 * without gaps, acknowledged once stored, and known again after a cut.
 */
export class FakeIngestServer {
  /** All epochs of the broadcast, in order. */
  readonly epochs: StoredEpoch[] = [];
  /** All hellos that came. */
  readonly hellos: IngestHello[] = [];
  /** All titles that came. */
  readonly titles: IngestMetadata[] = [];
  /** Whether chunks are stored, acknowledged and measured; false: the server is connected and silent. */
  answers = true;
  /** Codes with which the next hellos are refused, in order. */
  readonly refusals: ErrorCode[] = [];
  /** Cuts the connection each time when this many more chunks are stored, before they are acknowledged. */
  cutEvery = Number.POSITIVE_INFINITY;
  /** Whether the broadcast was ended by the client. */
  ended = false;
  broadcastId = '';
  #broadcasts = 0;
  readonly #http: Server = createServer();
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<Connection>();
  readonly #wss = new WebSocketServer({ server: this.#http });

  /** Starts on a free port, or again on the one before. */
  async start(port = 0): Promise<void> {
    this.#http.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#wss.on('connection', (socket) => this.#accept(socket));
    await new Promise<void>((resolve) => this.#http.listen(port, '127.0.0.1', resolve));
  }

  /** Address for clients. */
  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Payloads of all epochs as text, one after the other. */
  get audio(): string[] {
    return this.epochs.flatMap((epoch) => epoch.chunks.map((chunk) => String(chunk.payload)));
  }

  /** Destroys all connections without a close frame. */
  cut(): void {
    for (const connection of this.#connections) connection.isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Ends the broadcast on the server's side, as after 60 s without the owner. */
  forgetBroadcast(): void {
    this.broadcastId = '';
    this.epochs.length = 0;
  }

  /** Sends text to all clients. */
  say(message: object): void {
    for (const { socket } of this.#connections) socket.send(JSON.stringify(message));
  }

  /** Ends everything. */
  async close(): Promise<void> {
    this.#wss.close();
    this.cut();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #accept(socket: WebSocket): void {
    const connection: Connection = { socket, epoch: undefined, isCut: false };
    this.#connections.add(connection);
    socket.on('close', () => this.#connections.delete(connection));
    socket.on('error', () => {});
    socket.on('message', (data: Buffer, isBinary) => {
      if (!this.answers || connection.isCut) return;
      if (isBinary) this.#store(connection, data);
      else this.#hear(connection, JSON.parse(String(data)) as IngestClientMessage);
    });
  }

  #hear(connection: Connection, message: IngestClientMessage): void {
    if (message.type === 'hello') this.#greet(connection, message);
    else if (message.type === 'metadata') this.titles.push(message);
    else {
      this.ended = true;
      connection.socket.send(
        JSON.stringify({ type: 'ended', broadcastId: this.broadcastId, reason: 'ended_by_owner' }),
      );
      connection.socket.close(1000);
    }
  }

  #greet(connection: Connection, hello: IngestHello): void {
    this.hellos.push(hello);
    const { resume } = hello;
    const refusal = this.refusals.shift() ?? (this.#mayResume(resume) ? undefined : 'resume_refused');
    if (refusal !== undefined) {
      this.#refuse(connection, refusal);
      return;
    }
    if (this.broadcastId === '') this.broadcastId = `broadcast${String(this.#broadcasts++).padStart(4, '0')}`;
    const known = this.epochs.find((epoch) => epoch.id === resume?.epoch);
    connection.epoch = known ?? { id: `e${this.epochs.length}`, format: hello.format, chunks: [] };
    if (known === undefined) this.epochs.push(connection.epoch);
    const { id, chunks } = connection.epoch;
    const position = { broadcastId: this.broadcastId, epoch: id, nextSeq: chunks.length };
    connection.socket.send(JSON.stringify({ type: 'ready', ...position, serverTime: Date.now() + 5000 }));
  }

  #mayResume(resume: IngestHello['resume']): boolean {
    if (resume === undefined) return true;
    if (resume.broadcastId !== this.broadcastId) return false;
    return resume.epoch === undefined || this.epochs.some((epoch) => epoch.id === resume.epoch);
  }

  #store(connection: Connection, data: Buffer): void {
    const { seq, capturedAt, payload } = decodeChunkMessage(data);
    const chunks = connection.epoch?.chunks;
    if (chunks === undefined || seq > chunks.length) {
      this.#refuse(connection, 'bad_message');
      return;
    }
    const isNew = seq === chunks.length;
    if (isNew) chunks.push({ capturedAt, receivedAt: clientTime(), payload: Buffer.from(payload) });
    if (isNew && chunks.length % this.cutEvery === 0) this.cut();
    else connection.socket.send(JSON.stringify({ type: 'ack', seq, serverTime: Date.now() + 5000 }));
  }

  #refuse({ socket }: Connection, code: ErrorCode): void {
    const { title, close } = ERROR_TABLE[code];
    socket.send(JSON.stringify({ type: 'error', code, message: title, retryable: isRetryable(code) }));
    socket.close(close, code);
  }
}
