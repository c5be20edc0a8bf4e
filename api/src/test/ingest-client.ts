import { encodeChunkMessage, type IngestHello, type IngestServerMessage } from '@awaz/infra/contract';
import { until } from '@awaz/infra/testkit';
import { WebSocket } from 'ws';

/** What the address of a connection says. */
export type TestAddress = { key?: string; type?: string; takeover?: '1'; headers?: Record<string, string> };

type Message<Type> = Extract<IngestServerMessage, { type: Type }>;

/** An ingest client over a plain WebSocket that keeps all that it is told. */
export class TestClient {
  readonly socket: WebSocket;
  readonly messages: IngestServerMessage[] = [];
  /** Settles with the close code. */
  readonly closed: Promise<number>;

  constructor(host: string, station: string, { headers, ...query }: TestAddress = {}) {
    const address = `ws://${host}/ingest/${station}?${new URLSearchParams(query)}`;
    this.socket = new WebSocket(address, { perMessageDeflate: false, ...(headers === undefined ? {} : { headers }) });
    this.socket.on('message', (data) => this.messages.push(JSON.parse(String(data)) as IngestServerMessage));
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
  }

  /** Sends text or bytes as soon as the connection is open. */
  async send(data: string | Uint8Array): Promise<void> {
    await until(() => this.socket.readyState !== WebSocket.CONNECTING, { what: 'the connection opens' });
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(data);
  }

  /** Says hello and waits for the answer. */
  async hello(hello: Partial<IngestHello> = {}): Promise<Message<'ready'>> {
    await this.send(JSON.stringify({ type: 'hello', format: 'audio/wav', ...hello }));
    return this.next('ready');
  }

  /** Sends a chunk of the resumable mode. */
  async chunk(seq: number, payload: Uint8Array, capturedAt = Date.now()): Promise<void> {
    await this.send(encodeChunkMessage({ seq, capturedAt, payload }));
  }

  /** Asks for the end of the broadcast. */
  async end(): Promise<void> {
    await this.send('{"type":"end"}');
  }

  /** Waits for the first message of a kind that fulfils a condition. */
  async next<Type extends IngestServerMessage['type']>(
    type: Type,
    fits: (message: Message<Type>) => boolean = () => true,
  ): Promise<Message<Type>> {
    const isWanted = (message: IngestServerMessage) => message.type === type && fits(message as Message<Type>);
    const found = await until(() => this.messages.find(isWanted), {
      what: `the server says ${type}; it said ${JSON.stringify(this.messages.slice(-3))}`,
    });
    return found as Message<Type>;
  }

  /** Waits until chunks up to `seq` are acknowledged. */
  async acked(seq: number): Promise<void> {
    await this.next('ack', (ack) => ack.seq >= seq);
  }

  /** The refusal and the close code; waits for both. */
  async refused(): Promise<{
    code: string;
    retryable: boolean;
    retryAfterMs?: number;
    message: string;
    close: number;
  }> {
    const close = await this.closed;
    const { type: _, ...error } = await this.next('error');
    return { ...error, close };
  }

  /** Cuts the connection without a word. */
  cut(): void {
    this.socket.terminate();
  }

  /** Closes as a client does that leaves. */
  leave(): void {
    this.socket.close();
  }
}
