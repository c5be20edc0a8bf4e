import type { Socket } from 'node:net';
import { AwazError } from '@awaz/infra/contract';
import { basicPassword, bearerToken, clientAddress } from '../../auth/index.ts';
import type { SourceRequest, TakeSource } from '../../http/source-door.ts';
import type { IngestLink } from '../ingest-link.ts';
import type { IngestClaim, IngestSession } from '../ingest-session.ts';
import { IcecastLink } from './icecast-link.ts';
import { type SourceBody, sourceBody } from './source-body.ts';

/** A client that sent nothing for this long is gone, in ms; the same as Icecast's. */
const SILENT_AFTER_MS = 10_000;

/** What clients mean that do not say what they send. */
const DEFAULT_TYPE = 'audio/mpeg';

/** What the entrance for source clients needs. */
export type IcecastIngestOptions = {
  /** Begins a session, which belongs to whoever did. */
  begin: (link: IngestLink, claim: IngestClaim) => IngestSession;
  /** Whether `X-Forwarded-For` is to be believed. */
  trustProxy: boolean;
};

/** The entrance for Icecast source clients, `PUT` or `SOURCE /ingest/{station}`: takes over the connections of requests. */
export function icecastEntrance(options: IcecastIngestOptions): TakeSource {
  return (request, socket, rest) => serve(request, { socket, rest }, options);
}

type Taken = { socket: Socket; rest: Buffer };

function serve(request: SourceRequest, { socket, rest }: Taken, { begin, trustProxy }: IcecastIngestOptions): void {
  const body = sourceBody(request.headers);
  const link = new IcecastLink(socket, request, body.isFramed);
  const session = begin(link, claimOf(request, socket, trustProxy));
  socket.setNoDelay(true);
  socket.setTimeout(SILENT_AFTER_MS, () => {
    if (link.isPaused) socket.setTimeout(SILENT_AFTER_MS);
    else socket.destroy();
  });
  socket.on('data', (bytes: Buffer) => push(session, body, bytes));
  // Whether a client that just ends its sending means the end is not known: it may come back. What it sent is stored first.
  socket.once('end', () => session.push({ kind: 'gone' }));
  socket.once('close', () => session.linkLost());
  session.done.finally(() => socket.end()).catch(() => undefined); // whoever began the session is told
  if (rest.length > 0) push(session, body, rest);
  socket.resume();
}

function push(session: IngestSession, body: SourceBody, bytes: Buffer): void {
  if (body.isOver) return;
  try {
    for (const piece of body.take(bytes)) session.push({ kind: 'bytes', bytes: piece });
    if (body.isOver) session.push({ kind: 'end' });
  } catch (error) {
    session.stop(error instanceof AwazError ? error : new AwazError('internal', undefined, { cause: error }));
  }
}

/** Reads the head; what cannot be read becomes a station that does not exist. */
function claimOf({ target, headers }: SourceRequest, socket: Socket, trustProxy: boolean): IngestClaim {
  const [path = '', query = ''] = target.split('?', 2);
  const parameters = new URLSearchParams(query);
  const { authorization } = headers;
  return {
    station: /^\/ingest\/([^/]+)\/?$/.exec(path)?.[1] ?? '',
    secret: basicPassword(authorization) ?? bearerToken(authorization) ?? parameters.get('key') ?? '',
    address: clientAddress({ headers, socket }, trustProxy),
    query: {
      type: parameters.get('type') ?? headers['content-type'] ?? DEFAULT_TYPE,
      takeover: ['1', 'true'].includes(parameters.get('takeover') ?? ''),
    },
  };
}
