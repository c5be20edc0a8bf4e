import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { clientFrame, FrameReader, OPCODES } from './text-frames.ts';

/** How long a connection may take until it is in its room, in ms. */
const JOIN_WITHIN_MS = 15_000;

/** Longest wait before another attempt, in ms. */
const MOST_WAIT_MS = 1000;

/** What a client needs. */
export type FanoutClientOptions = {
  /** The server for the first attempt, the second, … */
  urlOf: (attempt: number) => string;
  room: string;
  /** Told to the server as where it comes from, so that limits by address do not take all clients for one. */
  address: string;
  /** Whether it comes back when it was cut. */
  roam: boolean;
  /** Told the text of each message, as it comes. */
  onMessage: (text: string) => void;
  onReset: () => void;
};

type Answer = {
  ok: boolean;
  position?: string;
  missed?: { data: { text?: string; position: string } }[];
  reset?: true;
};

/**
 * As little of a Socket.IO client as a listener in a chat needs, over a bare TCP connection: thousands of them fit into
 * one process. Comes back by itself, with the place that it knows. `close` ends it.
 */
export class FanoutClient {
  readonly #options: FanoutClientOptions;
  readonly #answers = new Map<number, (answer: Answer) => void>();
  #socket: Socket | undefined;
  #since: string | undefined;
  #calls = 0;
  #attempt = 0;
  #isIn = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: FanoutClientOptions) {
    this.#options = options;
    this.#connect();
  }

  /** Whether it is in its room. */
  get isIn(): boolean {
    return this.#isIn;
  }

  /** Writes a message; whether the server took it. False when no answer comes before the connection ends. */
  async say(text: string): Promise<boolean> {
    if (!this.#isIn) return false;
    return (await this.#call('chat:send', { station: this.#options.room, text })).ok;
  }

  /** Cuts the connection; it comes back after so many ms. */
  cut(forMs: number): void {
    this.#lose(forMs);
  }

  /** Ends it. */
  close(): void {
    this.#closed = true;
    this.#lose(0);
  }

  #connect(): void {
    const { port, hostname } = new URL(this.#options.urlOf(this.#attempt++));
    const socket = connect({ port: Number(port), host: hostname, noDelay: true });
    this.#socket = socket;
    const frames = new FrameReader((opcode, payload) => this.#take(opcode, payload));
    let upgraded = false;
    socket.on('data', (bytes) => {
      if (upgraded) return frames.push(bytes);
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0 || !bytes.toString('latin1', 0, 12).endsWith(' 101')) return this.#lose();
      upgraded = true;
      frames.push(bytes.subarray(end + 4));
    });
    socket.on('error', () => undefined); // the close that follows says it too
    socket.on('close', () => {
      if (this.#socket === socket) this.#lose();
    });
    socket.write(this.#upgrade());
    this.#timer = setTimeout(() => this.#lose(), JOIN_WITHIN_MS);
  }

  #upgrade(): string {
    const { address } = this.#options;
    const key = randomBytes(16).toString('base64');
    const path = '/socket.io/?EIO=4&transport=websocket';
    return [
      ...[`GET ${path} HTTP/1.1`, 'Host: fanout', 'Upgrade: websocket', 'Connection: Upgrade'],
      ...[`Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Version: 13', `X-Forwarded-For: ${address}`, '', ''],
    ].join('\r\n');
  }

  #take(opcode: number, payload: Buffer): void {
    if (opcode === OPCODES.close) this.#lose();
    if (opcode !== OPCODES.text) return;
    const kind = payload.toString('latin1', 0, 2);
    if (kind === '42') this.#event(payload.toString('utf8', 2));
    else if (kind === '2') this.#send('3');
    else if (kind === '43') this.#answer(payload.toString('utf8', 2));
    else if (kind.startsWith('0')) this.#send('40');
    else if (kind === '40') void this.#join();
    else if (kind === '44' || kind === '41') this.#lose();
  }

  /** `["chat:message",{…}]`: parsed no further than needed, since one process gets all of them. */
  #event(text: string): void {
    if (!text.startsWith('["chat:message"')) return;
    const [, event] = JSON.parse(text) as [string, { text: string; position?: string }];
    this.#hear(event);
  }

  #hear({ text, position }: { text?: string; position?: string }): void {
    if (position !== undefined) this.#since = position;
    if (text !== undefined) this.#options.onMessage(text);
  }

  async #join(): Promise<void> {
    const since = this.#since === undefined ? {} : { since: this.#since };
    await this.#call('stream:join', { station: this.#options.room, ...since }, (answer) => {
      if (!answer.ok) return this.#lose();
      clearTimeout(this.#timer);
      if (answer.reset === true) this.#options.onReset();
      for (const { data } of answer.missed ?? []) this.#hear(data);
      this.#since = answer.position ?? this.#since;
      this.#isIn = true;
    });
  }

  /** `onAnswer` is called before anything that comes after the answer is read. */
  #call(event: string, body: object, onAnswer?: (answer: Answer) => void): Promise<Answer> {
    const id = this.#calls++;
    this.#send(`42${id}${JSON.stringify([event, body])}`);
    return new Promise((resolve) => {
      this.#answers.set(id, (answer) => {
        onAnswer?.(answer);
        resolve(answer);
      });
    });
  }

  /** `ID[{…}]` */
  #answer(text: string): void {
    const bracket = text.indexOf('[');
    const id = Number(text.slice(0, bracket));
    const [answer] = JSON.parse(text.slice(bracket)) as [Answer];
    this.#answers.get(id)?.(answer);
    this.#answers.delete(id);
  }

  #send(text: string): void {
    this.#socket?.write(clientFrame(text));
  }

  #lose(comesBackAfterMs = MOST_WAIT_MS * Math.random()): void {
    clearTimeout(this.#timer);
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#isIn = false;
    const unanswered = [...this.#answers.values()];
    this.#answers.clear();
    for (const answer of unanswered) answer({ ok: false });
    clearTimeout(this.#timer);
    if (this.#closed || !this.#options.roam) return;
    this.#timer = setTimeout(() => this.#connect(), comesBackAfterMs);
  }
}
