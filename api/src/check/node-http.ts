import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import {
  type ClientHttp2Session,
  connect as connectHttp2,
  constants,
  type IncomingHttpHeaders as Http2Headers,
} from 'node:http2';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { HttpPort, TransportFacts, WireAnswer, WireRequest } from './http-port.ts';

/** Settings of a {@link NodeHttp}. */
export type NodeHttpOptions = {
  /** Whether a certificate that nobody vouches for will do. */
  insecure: boolean;
};

/** How long a server may take to answer a PING, in ms. */
const PING_MS = 5000;

/** Connections of HTTP/1.1 to one server. */
const MAX_SOCKETS = 64;

/** Requests by Node's own clients: HTTP/2 where a server offers it over TLS, HTTP/1.1 elsewhere. */
export class NodeHttp implements HttpPort {
  readonly #insecure: boolean;
  readonly #http = new HttpAgent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  readonly #https: HttpsAgent;
  readonly #sessions = new Map<string, Promise<ClientHttp2Session | undefined>>();

  constructor({ insecure }: NodeHttpOptions) {
    this.#insecure = insecure;
    this.#https = new HttpsAgent({ keepAlive: true, maxSockets: MAX_SOCKETS, rejectUnauthorized: !insecure });
  }

  async send(request: WireRequest, signal: AbortSignal): Promise<WireAnswer> {
    const url = new URL(request.url);
    const session = url.protocol === 'https:' ? await this.#session(url.origin) : undefined;
    signal.throwIfAborted();
    return session === undefined ? this.#sendPlain(url, request, signal) : sendHttp2(session, request, signal);
  }

  async inspect(url: string, _signal: AbortSignal): Promise<TransportFacts> {
    const { origin, protocol } = new URL(url);
    if (protocol === 'http:') return { protocol: 'http/1.1', tls: undefined, pingAnswered: undefined };
    const session = await this.#session(origin);
    if (session !== undefined) {
      const socket = session.socket as TLSSocket;
      return { protocol: 'h2', tls: socket.getProtocol() ?? 'TLS', pingAnswered: await ping(session) };
    }
    const socket = await this.#connect(origin);
    const tls = socket.getProtocol() ?? 'TLS';
    socket.destroy();
    return { protocol: 'http/1.1', tls, pingAnswered: undefined };
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
    for (const opened of this.#sessions.values()) opened.then((session) => session?.destroy()).catch(() => undefined);
    this.#sessions.clear();
  }

  /** The HTTP/2 connection to a server; undefined when it speaks HTTP/1.1 alone. */
  #session(origin: string): Promise<ClientHttp2Session | undefined> {
    const known = this.#sessions.get(origin);
    if (known !== undefined) return known;
    const opened = this.#open(origin);
    const forget = () => void this.#sessions.delete(origin);
    this.#sessions.set(origin, opened);
    opened.then((session) => session?.once('close', forget), forget);
    return opened;
  }

  async #open(origin: string): Promise<ClientHttp2Session | undefined> {
    const socket = await this.#connect(origin);
    if (socket.alpnProtocol !== 'h2') {
      socket.destroy();
      return undefined;
    }
    const session = connectHttp2(origin, { createConnection: () => socket });
    // Requests on it fail by themselves and say why.
    session.on('error', () => undefined);
    return session;
  }

  #connect(origin: string): Promise<TLSSocket> {
    const { hostname, port } = new URL(origin);
    const host = hostname.replace(/^\[|\]$/g, '');
    const options = {
      host,
      port: Number(port || 443),
      ALPNProtocols: ['h2', 'http/1.1'],
      rejectUnauthorized: !this.#insecure,
    };
    return new Promise((resolve, reject) => {
      const socket = connectTls({ ...options, ...(/^[\d.:]+$/.test(host) ? {} : { servername: host }) }, () => {
        socket.off('error', reject);
        resolve(socket);
      });
      socket.setTimeout(PING_MS * 2, () => socket.destroy(new Error('the server does not answer')));
      socket.once('secureConnect', () => socket.setTimeout(0));
      socket.once('error', reject);
    });
  }

  #sendPlain(url: URL, { method, headers }: WireRequest, signal: AbortSignal): Promise<WireAnswer> {
    return new Promise((resolve, reject) => {
      const answered = (response: IncomingMessage) => {
        resolve({
          status: response.statusCode ?? 0,
          headers: joined(response.headers),
          protocol: `http/${response.httpVersion}`,
          body: response,
        });
      };
      const options = { method, headers: { ...headers }, signal };
      const request =
        url.protocol === 'https:'
          ? httpsRequest(url, { ...options, agent: this.#https }, answered)
          : httpRequest(url, { ...options, agent: this.#http }, answered);
      request.on('error', reject);
      request.end();
    });
  }
}

function sendHttp2(session: ClientHttp2Session, request: WireRequest, signal: AbortSignal): Promise<WireAnswer> {
  const url = new URL(request.url);
  return new Promise((resolve, reject) => {
    const path = `${url.pathname}${url.search}`;
    const stream = session.request(
      { ':method': request.method, ':path': path, ...request.headers },
      { endStream: true, signal },
    );
    stream.once('response', (headers) => {
      const status = Number(headers[constants.HTTP2_HEADER_STATUS] ?? 0);
      resolve({ status, headers: joined(headers), protocol: 'h2', body: stream });
    });
    stream.once('error', reject);
    stream.once('close', () => reject(new Error('the stream was closed without an answer')));
  });
}

function joined(headers: IncomingHttpHeaders | Http2Headers): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !name.startsWith(':'))
      fields[name] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  return fields;
}

async function ping(session: ClientHttp2Session): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), PING_MS);
    const isSent = session.ping((error) => {
      clearTimeout(late);
      resolve(error === null);
    });
    if (!isSent) {
      clearTimeout(late);
      resolve(false);
    }
  });
}
