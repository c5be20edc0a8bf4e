import { Readable } from 'node:stream';
import { AwazError, BROADCAST_ID_PATTERN, SLUG_PATTERN } from '@awaz/infra/contract';
import { type Archive, type Recording, type RecordingIndex, recordingFiles } from '@awaz/infra/recordings';
import type { Context } from 'koa';
import Router from 'koa-router';
import type { ListenGrants } from '../listen-access/index.ts';
import { parseByteRange } from '../origin/byte-range.ts';
import type { StationStore } from '../stations/index.ts';
import { RecordedFile } from './recorded-file.ts';
import { vodPlaylist } from './vod-playlist.ts';

/** How long what never changes may be kept, in seconds. */
const KEEP_SECONDS = 86_400;

/** What the router needs. */
export type RecordingRouterOptions = {
  recordings: RecordingIndex;
  archive: Archive;
  stations: Pick<StationStore, 'get'>;
  grants: Pick<ListenGrants, 'of'>;
};

/** What a request is about: the recording, and what a token in its address becomes in others. */
type Asked = { recording: Recording; isPublic: boolean; query: string };

/**
 * Media of recordings: `GET /recordings/{station}/{broadcast}/` with `index.m3u8`, `init.mp4`, `N.m4s` and `audio.m4a`.
 * Open to other sites. Recordings of private stations need `?token=`, a listen token or an access token.
 */
export function recordingRouter(options: RecordingRouterOptions): Router {
  const router = new Router();
  router.get('/recordings/:station/:broadcast/:file', async (context) => {
    const asked = await find(options, context);
    const { file = '' } = context.params as Record<string, string>;
    context.set('Access-Control-Allow-Origin', '*');
    context.set('Access-Control-Expose-Headers', 'Content-Length, Content-Range, ETag');
    context.set('Cross-Origin-Resource-Policy', 'cross-origin');
    const [, segment] = /^(\d{1,7})\.m4s$/.exec(file) ?? [];
    if (file === 'index.m3u8') await answerPlaylist(options, context, asked);
    else if (file === 'audio.m4a') await answerFile(options, context, asked);
    else if (file === 'init.mp4') await answerInit(options, context, asked);
    else if (segment !== undefined) await answerSegment(options, context, { ...asked, index: Number(segment) });
    else throw notFound();
  });
  return router;
}

async function find({ recordings, stations, grants }: RecordingRouterOptions, context: Context): Promise<Asked> {
  const { station = '', broadcast = '' } = context.params as Record<string, string>;
  if (!SLUG_PATTERN.test(station) || !BROADCAST_ID_PATTERN.test(broadcast)) throw notFound();
  const [known, recording] = await Promise.all([
    stations.get(station),
    recordings.get({ station, broadcastId: broadcast }),
  ]);
  if (known === undefined || recording === undefined) throw notFound();
  if (known.public) return { recording, isPublic: true, query: '' };
  const [token = ''] = [context.query.token].flat();
  if ((await grants.of(station, token)) === undefined) throw notFound();
  return { recording, isPublic: false, query: `?token=${encodeURIComponent(token)}` };
}

async function answerPlaylist({ recordings }: RecordingRouterOptions, context: Context, asked: Asked): Promise<void> {
  const { recording, query } = asked;
  const [segments, titles] = await Promise.all([recordings.segments(recording), recordings.titles(recording)]);
  if (segments.length === 0) throw notFound();
  context.set('Cache-Control', 'no-cache');
  context.etag = `"${segments.length}-${recording.state}"`;
  context.type = 'application/vnd.apple.mpegurl';
  context.body = vodPlaylist({ segments, titles, query, ended: recording.state === 'complete' });
  if (context.fresh) context.status = 304;
}

async function answerInit({ archive }: RecordingRouterOptions, context: Context, asked: Asked): Promise<void> {
  const { init } = recordingFiles(asked.recording);
  const size = await archive.size(init);
  sendRange(context, asked, {
    size,
    type: 'audio/mp4',
    name: 'init',
    read: async function* (start, end) {
      yield await archive.read(init, start, end);
    },
  });
}

async function answerSegment(
  { archive, recordings }: RecordingRouterOptions,
  context: Context,
  asked: Asked & { index: number },
): Promise<void> {
  const { index } = asked;
  const segment = await recordings.segment(asked.recording, index);
  if (segment === undefined) throw notFound();
  const path = recordingFiles(asked.recording).segment(index);
  const read = async function* (start: number, end: number) {
    yield await archive.read(path, start, end);
  };
  sendRange(context, asked, { size: segment.bytes, type: 'audio/mp4', name: String(index), read });
}

async function answerFile(
  { archive, recordings }: RecordingRouterOptions,
  context: Context,
  asked: Asked,
): Promise<void> {
  const { recording } = asked;
  if (recording.state !== 'complete') throw new AwazError('not_found', 'The file is there once the broadcast is over.');
  const file = new RecordedFile(archive, recording, await recordings.segments(recording));
  const name = `${recording.station} ${new Date(recording.startedAt).toISOString().slice(0, 16).replaceAll(':', '.')}.m4a`;
  context.set(
    'Content-Disposition',
    `${context.query.save === undefined ? 'inline' : 'attachment'}; filename="${name}"`,
  );
  sendRange(context, asked, {
    size: file.size,
    type: 'audio/mp4',
    name: 'audio',
    read: (start, end) => file.read(start, end),
  });
}

type Sent = {
  size: number;
  type: string;
  name: string;
  read: (start: number, end: number) => AsyncGenerator<Buffer>;
};

/** Sends what never changes, or a range of it (RFC 9110 14). */
function sendRange(context: Context, { recording, isPublic }: Asked, { size, type, name, read }: Sent): void {
  context.set('Cache-Control', `${isPublic ? 'public' : 'private'}, max-age=${KEEP_SECONDS}`);
  context.set('Accept-Ranges', 'bytes');
  context.etag = `"${recording.broadcastId}-${name}-${size}"`;
  context.type = type;
  context.status = 200;
  if (context.fresh) {
    context.status = 304;
    return;
  }
  const ifRange = context.get('If-Range');
  const wanted = ifRange === '' || ifRange === context.response.get('ETag') ? context.get('Range') : '';
  const range = parseByteRange(wanted === '' ? undefined : wanted, size);
  if (range === 'unsatisfiable') {
    context.set('Content-Range', `bytes */${size}`);
    context.status = 416;
    context.body = '';
    return;
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  if (range !== undefined) {
    context.status = 206;
    context.set('Content-Range', `bytes ${start}-${end}/${size}`);
  }
  if (context.method !== 'HEAD') context.body = Readable.from(read(start, end + 1), { objectMode: false });
  context.length = end + 1 - start;
}

function notFound(): AwazError {
  return new AwazError('not_found', 'There is no such recording, or you may not listen to it.');
}
