import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { AwazError, CHUNK_HEADER_BYTES, MAX_CHUNK_BYTES } from '@awaz/infra/contract';
import { type Server, WebSocketServer } from 'ws';
import { bearerToken, clientAddress } from '../auth/index.ts';
import { parseTextInput } from './ingest-input.ts';
import type { IngestLink } from './ingest-link.ts';
import type { IngestClaim, IngestSession } from './ingest-session.ts';
import { IngestSocket } from './ingest-socket.ts';
import { WebsocketLink } from './websocket-link.ts';

/** Largest message that is read: a chunk a little too large still gets its own error. */
const MAX_PAYLOAD_BYTES = MAX_CHUNK_BYTES + CHUNK_HEADER_BYTES + 4096;

/** What the WebSocket entrance needs. */
export type WebsocketIngestOptions = {
  /** Begins a session. */
  begin: (link: IngestLink, claim: IngestClaim) => IngestSession;
  /** Whether `X-Forwarded-For` is to be believed. */
  trustProxy: boolean;
};

/** The plain WebSocket entrance of ingest, `/ingest/{station}`. The sessions belong to whoever began them. */
export class WebsocketIngest {
  readonly #options: WebsocketIngestOptions;
  readonly #server: Server<typeof IngestSocket>;

  constructor(options: WebsocketIngestOptions) {
    this.#options = options;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_PAYLOAD_BYTES,
      perMessageDeflate: false,
      clientTracking: false,
      WebSocket: IngestSocket,
    });
  }

  /** Takes over a socket that asked for an upgrade; always accepts what is a WebSocket, refusals come as messages. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined); // reset while shaking hands; 'close' follows
    this.#server.handleUpgrade(request, socket, head, (websocket) => this.#accept(websocket, request));
  }

  #accept(socket: IngestSocket, request: IncomingMessage): void {
    // `ws` answers broken frames and lost connections by closing; each is told there.
    socket.on('error', () => undefined);
    const link = new WebsocketLink(socket, { onRoundTrip: (ms) => session.roundTrip(ms) });
    const session: IngestSession = this.#options.begin(link, claimOf(request, this.#options.trustProxy));
    socket.onFault = (error) => session.stop(error);
    socket.once('close', () => session.linkLost());
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) session.push({ kind: 'bytes', bytes: data });
      else pushText(session, data);
    });
  }
}

function pushText(session: IngestSession, data: Buffer): void {
  try {
    session.push(parseTextInput(data.toString()));
  } catch (error) {
    if (!(error instanceof AwazError)) throw error;
    session.stop(error);
  }
}

/** Reads the address of a connection; what cannot be read becomes a station that does not exist. */
function claimOf(request: IncomingMessage, trustProxy: boolean): IngestClaim {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  const parameters = new URLSearchParams(query);
  const takeover = ['1', 'true'].includes(parameters.get('takeover') ?? '');
  return {
    station: /^\/ingest\/([^/]+)\/?$/.exec(path)?.[1] ?? '',
    secret: parameters.get('key') || bearerToken(request.headers.authorization) || '',
    address: clientAddress(request, trustProxy),
    query: { type: parameters.get('type') ?? undefined, takeover },
  };
}
