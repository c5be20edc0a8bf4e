import { AwazError, type IngestServerMessage } from '@awaz/infra/contract';
import { studioChunkSchema, studioOpenSchema } from '@awaz/infra/contract/schemas';
import type { Server, Socket } from 'socket.io';
import { clientAddress } from '../auth/index.ts';
import { errorMessage, type IngestLink } from './ingest-link.ts';
import type { IngestClaim, IngestSession } from './ingest-session.ts';

/** What the Socket.IO entrance needs. */
export type StudioIngestOptions = {
  /** Begins a session. */
  begin: (link: IngestLink, claim: IngestClaim) => IngestSession;
  /** Whether `X-Forwarded-For` is to be believed. */
  trustProxy: boolean;
};

type Acknowledge = (answer: Record<string, unknown>) => void;

/** The Socket.IO entrance of ingest: namespace `/studio`. */
export function attachStudio(io: Server, options: StudioIngestOptions): void {
  io.of('/studio').on('connection', (socket) => {
    const studio = new StudioSocket(socket, options);
    for (const event of ['open', 'chunk', 'end'] as const) {
      socket.on(`ingest:${event}`, (...args: unknown[]) => studio.take(event, args));
    }
    socket.on('disconnect', () => studio.disconnected());
  });
}

/** One Socket.IO connection; carries one session at a time. */
class StudioSocket implements IngestLink {
  readonly transport = 'socketio';
  readonly #socket: Socket;
  readonly #options: StudioIngestOptions;
  #session: IngestSession | undefined;
  #opening: Acknowledge | undefined;
  #ending: Acknowledge | undefined;
  #pingedAt: number | undefined;
  readonly #onPing = ({ type }: { type: string }) => {
    if (type === 'ping') this.#pingedAt = performance.now();
  };
  readonly #onPong = ({ type }: { type: string }) => {
    if (type === 'pong' && this.#pingedAt !== undefined) this.#session?.roundTrip(performance.now() - this.#pingedAt);
  };

  constructor(socket: Socket, options: StudioIngestOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.conn.on('packetCreate', this.#onPing).on('packet', this.#onPong);
  }

  /** Takes an event of the client; Socket.IO puts the client's callback last. */
  take(event: 'open' | 'chunk' | 'end', args: unknown[]): void {
    const last = args.at(-1);
    const acknowledge = typeof last === 'function' ? (last as Acknowledge) : undefined;
    try {
      if (event === 'open') this.#open(args[0], acknowledge);
      else if (event === 'chunk') this.#chunk(args.slice(0, 3), acknowledge);
      else this.#end(acknowledge);
    } catch (error) {
      if (!(error instanceof AwazError)) throw error;
      this.#tell(error, acknowledge);
    }
  }

  /** `ingest:open {station, format, takeover?, resume?}` */
  #open(body: unknown, acknowledge: Acknowledge | undefined): void {
    const parsed = studioOpenSchema.safeParse(body);
    if (!parsed.success) {
      throw new AwazError('bad_message', 'ingest:open needs {station, format, takeover?, resume?}.');
    }
    if (this.#session !== undefined)
      throw new AwazError('bad_message', 'An ingest is open on this connection already.');
    const { station, ...hello } = parsed.data;
    this.#opening = acknowledge;
    const session = this.#options.begin(this, this.#claim(station));
    this.#session = session;
    session.push({ kind: 'hello', hello: { type: 'hello', ...hello } });
  }

  /** `ingest:chunk (seq, capturedAt, Buffer)` */
  #chunk(args: unknown[], acknowledge: Acknowledge | undefined): void {
    const session = this.#openSession();
    const parsed = studioChunkSchema.safeParse(args);
    if (!parsed.success) {
      session.stop(new AwazError('bad_message', 'ingest:chunk needs (seq, capturedAt, bytes).'));
      return;
    }
    const [seq, capturedAt, payload] = parsed.data;
    session.push({ kind: 'chunk', chunk: { seq, capturedAt, payload } });
    acknowledge?.({ ok: true });
  }

  /** `ingest:end` */
  #end(acknowledge: Acknowledge | undefined): void {
    const session = this.#openSession();
    this.#ending = acknowledge;
    session.push({ kind: 'end' });
  }

  #openSession(): IngestSession {
    if (this.#session !== undefined) return this.#session;
    throw new AwazError('bad_message', 'There is no open ingest. Send ingest:open first.');
  }

  /** The client is gone. */
  disconnected(): void {
    this.#socket.conn.off('packetCreate', this.#onPing).off('packet', this.#onPong);
    this.#session?.linkLost();
    this.#session = undefined;
  }

  send(message: IngestServerMessage): void {
    const { type, ...body } = message;
    if (message.type === 'ready') {
      this.#opening?.({ ok: true, ...body });
      this.#opening = undefined;
    } else if (message.type === 'error') {
      this.#tellEnd(body);
    } else {
      if (message.type === 'ended') this.#ending?.({ ok: true, ...body });
      this.#socket.emit(`ingest:${type}`, body);
    }
  }

  /** The session is over; the connection stays for other uses and may open another one. */
  close(): void {
    this.#session = undefined;
    this.#opening = undefined;
    this.#ending = undefined;
  }

  pause(): void {
    // Socket.IO cannot stop reading for one namespace; the session ends a client that sends without bounds.
  }

  resume(): void {}

  #tellEnd(error: Record<string, unknown>): void {
    const waiting = this.#opening ?? this.#ending;
    if (waiting === undefined) this.#socket.emit('ingest:error', error);
    else waiting({ ok: false, error });
  }

  #claim(station: string): IngestClaim {
    const { token } = this.#socket.handshake.auth;
    const secret = typeof token === 'string' ? token : '';
    const address = clientAddress(this.#socket.request, this.#options.trustProxy);
    return { station, secret, address, query: { type: undefined, takeover: false } };
  }

  #tell(error: AwazError, acknowledge: Acknowledge | undefined): void {
    const { type: _, ...body } = errorMessage(error);
    if (acknowledge === undefined) this.#socket.emit('ingest:error', body);
    else acknowledge({ ok: false, error: body });
  }
}
