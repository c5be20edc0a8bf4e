import type { Server, Socket } from 'node:net';

/** Most bytes of the head of a request. */
const MAX_HEAD_BYTES = 16_384;

/** How requests of source clients begin. */
const BEGINNINGS = ['PUT /ingest/', 'SOURCE /ingest/'];

const HEAD_TOO_LARGE = 'HTTP/1.0 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n';
const BAD_REQUEST = 'HTTP/1.0 400 Bad Request\r\nConnection: close\r\n\r\n';

/** The head of a request of a source client (Icecast), which may be of HTTP/1.0, HTTP/1.1 or ICE/1.0. */
export type SourceRequest = {
  method: 'PUT' | 'SOURCE';
  /** Path and query as they were sent. */
  target: string;
  /** `HTTP/1.1`, say. */
  version: string;
  /** By small letters; of one that came twice, the last. */
  headers: Record<string, string>;
};

/** Takes a connection over, with what came after the head. */
export type TakeSource = (request: SourceRequest, socket: Socket, rest: Buffer) => void;

/** Where a door stands. */
export type SourceDoorOptions = {
  /** When the server is handed a connection that bytes can be read from. */
  event: 'connection' | 'secureConnection';
  /** How long a client may take for the head, in ms. */
  withinMs: number;
  take: TakeSource;
};

/**
 * Stands before the parser of an http server and takes those connections that begin with `PUT` or `SOURCE /ingest/…`: source
 * clients send sound right behind the head, without the framing that HTTP asks for, and Node's parser would read it as the
 * next request. All others the server gets as if they had just come. Make it before anything else listens.
 */
export function openSourceDoor(server: Server, { event, withinMs, take }: SourceDoorOptions): void {
  const own = server.listeners(event);
  server.removeAllListeners(event);
  const passOn = (socket: Socket) => {
    for (const listener of own) Reflect.apply(listener, server, [socket]);
  };
  server.on(event, (socket: Socket & { alpnProtocol?: string | false | null }) => {
    if (socket.alpnProtocol === 'h2') passOn(socket);
    else look(socket, { withinMs, take, passOn });
  });
}

type Looking = { withinMs: number; take: TakeSource; passOn: (socket: Socket) => void };

/** Reads until it is plain what the connection is. */
function look(socket: Socket, { withinMs, take, passOn }: Looking): void {
  let read = Buffer.alloc(0);
  const letGo = () => {
    clearTimeout(timer);
    socket.off('data', onData);
    socket.off('end', onEnd);
    socket.off('close', letGo);
    socket.pause();
  };
  const refuse = (answer: string) => {
    letGo();
    socket.end(answer, () => socket.destroy());
  };
  const onEnd = () => {
    letGo();
    socket.destroy();
  };
  const onData = (piece: Buffer) => {
    read = Buffer.concat([read, piece]);
    const verdict = verdictOn(read);
    if (verdict === 'more') return;
    if (verdict === 'too_large') return refuse(HEAD_TOO_LARGE);
    if (verdict === 'malformed') return refuse(BAD_REQUEST);
    letGo();
    if (verdict === 'other') {
      socket.off('error', ignore);
      socket.unshift(read);
      passOn(socket);
      socket.resume();
    } else take(verdict.request, socket, verdict.rest);
  };
  const timer = setTimeout(() => socket.destroy(), withinMs).unref();
  socket.on('data', onData);
  socket.on('end', onEnd);
  socket.on('close', letGo);
  socket.on('error', ignore);
}

type Verdict = 'more' | 'other' | 'too_large' | 'malformed' | { request: SourceRequest; rest: Buffer };

function verdictOn(read: Buffer): Verdict {
  const start = read.toString('latin1', 0, 20);
  if (!BEGINNINGS.some((beginning) => start.startsWith(beginning))) {
    return BEGINNINGS.some((beginning) => beginning.startsWith(start)) ? 'more' : 'other';
  }
  const end = read.indexOf('\r\n\r\n');
  if (end > MAX_HEAD_BYTES || (end < 0 && read.length > MAX_HEAD_BYTES)) return 'too_large';
  if (end < 0) return 'more';
  const request = parseSourceHead(read.toString('latin1', 0, end));
  return request === undefined ? 'malformed' : { request, rest: read.subarray(end + 4) };
}

/** Reads a head without its empty line; undefined when it breaks the form of HTTP. */
export function parseSourceHead(text: string): SourceRequest | undefined {
  const [first = '', ...lines] = text.split('\r\n');
  const [, method, target, version] = /^(PUT|SOURCE) (\/[!-~]*) (HTTP\/1\.[01]|ICE\/1\.0)$/.exec(first) ?? [];
  if (method === undefined || target === undefined || version === undefined) return undefined;
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return undefined;
    headers[name.toLowerCase()] = value;
  }
  return { method: method as SourceRequest['method'], target, version, headers };
}

function ignore(): void {
  // What follows is the connection's 'close'.
}
