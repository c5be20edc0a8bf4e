import { type ClientHttp2Session, connect, constants } from 'node:http2';
import type { TLSSocket } from 'node:tls';

/** An answer as it came over HTTP/2. */
export type WireAnswer = {
  status: number;
  /** By lower-case name; several of one name joined by commas. */
  headers: Record<string, string>;
  body: Buffer;
  /** When the last byte was there, on `performance.now()`'s clock. */
  at: number;
};

/** An HTTP/2 connection over TLS to a server whose certificate nobody vouches for. */
export class Wire {
  readonly #session: ClientHttp2Session;

  private constructor(session: ClientHttp2Session) {
    this.#session = session;
  }

  /** Connects. Rejects when the server does not take HTTP/2 by ALPN. */
  static async open(origin: string): Promise<Wire> {
    const session = connect(origin, { rejectUnauthorized: false });
    await new Promise<void>((resolve, reject) => {
      session.once('connect', () => resolve());
      session.once('error', reject);
    });
    session.on('error', () => undefined); // requests on it fail by themselves and say why
    return new Wire(session);
  }

  /** What both sides agreed on in the TLS handshake, like `h2`, and the version of TLS. */
  get protocols(): { alpn: string; tls: string } {
    const socket = this.#session.socket as TLSSocket;
    return { alpn: this.#session.alpnProtocol ?? '', tls: socket.getProtocol() ?? '' };
  }

  /** Asks for a path. Rejects when the stream ends without a whole answer. */
  get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<WireAnswer> {
    const stream = this.#session.request({ ':method': method, ':path': path, ...headers }, { endStream: true });
    return new Promise((resolve, reject) => {
      const pieces: Buffer[] = [];
      const answer = { status: 0, headers: {} as Record<string, string> };
      stream.once('response', (fields) => {
        answer.status = Number(fields[constants.HTTP2_HEADER_STATUS] ?? 0);
        for (const [name, value] of Object.entries(fields)) answer.headers[name] = String(value);
      });
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.once('end', () => resolve({ ...answer, body: Buffer.concat(pieces), at: performance.now() }));
      stream.once('error', reject);
      stream.once('close', () => reject(new Error(`${method} ${path}: the stream was closed without an answer`)));
    });
  }

  /** Ends the connection and what is asked on it. May be called again. */
  close(): void {
    this.#session.destroy();
  }
}
