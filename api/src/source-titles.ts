import { AwazError, programmeTextOf } from '@awaz/infra/contract';
import type { Context } from 'koa';
import Router from 'koa-router';
import { basicPassword, clientAddress, type PublisherAuth } from './auth/index.ts';
import type { RateLimitTaker } from './limits/index.ts';
import type { ProgrammeService } from './metadata/index.ts';

/** What the route needs. */
export type SourceTitlesOptions = {
  publishers: Pick<PublisherAuth, 'authorize'>;
  programmes: Pick<ProgrammeService, 'set'>;
  limits: RateLimitTaker;
  trustProxy: boolean;
};

const DONE = `<?xml version="1.0"?>
<iceresponse><message>Metadata update successful</message><return>1</return></iceresponse>
`;

/**
 * `GET /admin/metadata?mode=updinfo&mount=/ingest/{station}&song=…`: how Icecast source clients set the title, by Basic
 * `source:STREAM_KEY` or `pass=`. `artist` and `title` in place of `song` are taken too, and `charset`.
 */
export function sourceTitlesRouter(options: SourceTitlesOptions): Router {
  const router = new Router();
  router.get('/admin/metadata', async (context) => {
    context.set('Cache-Control', 'no-store');
    try {
      await setTitle(context, options);
    } catch (error) {
      const isDoor = error instanceof AwazError && (error.code === 'bad_key' || error.code === 'key_revoked');
      if (isDoor) context.set('WWW-Authenticate', 'Basic realm="Awaz Pulse"');
      throw error;
    }
    context.type = 'text/xml; charset=utf-8';
    context.body = DONE;
  });
  return router;
}

async function setTitle(
  context: Context,
  { publishers, programmes, limits, trustProxy }: SourceTitlesOptions,
): Promise<void> {
  const query = readQuery(context.querystring);
  const station = /^\/ingest\/([^/]+)\/?$/.exec(query.get('mount') ?? '')?.[1];
  if (query.get('mode') !== 'updinfo' || station === undefined) {
    throw new AwazError('bad_request', 'Give mode=updinfo and mount=/ingest/{station}.');
  }
  const address = clientAddress(context.req, trustProxy);
  const secret = basicPassword(context.get('Authorization')) ?? query.get('pass') ?? '';
  const gone = new AbortController();
  context.res.once('close', () => gone.abort());
  const { keyId } = await publishers.authorize({ station, secret, address, signal: gone.signal });
  await limits.take('stream:metadata:set', `key:${station}/${keyId}`, address);
  await programmes.set(station, { track: trackOf(query) });
}

/** What plays; null when the client says that nothing does. Throws `bad_request` when it says nothing of it. */
function trackOf(query: ReadonlyMap<string, string>): { title: string; artist?: string } | null {
  const song = programmeTextOf(query.get('song'));
  const title = programmeTextOf(query.get('title'));
  const artist = programmeTextOf(query.get('artist'));
  if (title !== undefined) return artist === undefined ? { title } : { title, artist };
  if (song === undefined) {
    if (query.has('song') || query.has('title')) return null;
    throw new AwazError('bad_request', 'Give song=Artist - Title, or artist=… and title=….');
  }
  const [, before, after] = /^(.+?) +[-–—] +(.+)$/u.exec(song) ?? [];
  return before === undefined || after === undefined ? { title: song } : { artist: before, title: after };
}

/** Reads a query whose bytes may be of another character set than UTF-8: old clients send Latin-1 without saying so. */
function readQuery(text: string): Map<string, string> {
  const bytes = new Map<string, Buffer>();
  for (const pair of text.split('&')) {
    const [name = '', value = ''] = pair.split(/=(.*)/s, 2);
    if (!bytes.has(name)) bytes.set(name, unescaped(value));
  }
  const charset = bytes.get('charset')?.toString('latin1') || 'utf-8';
  return new Map([...bytes].map(([name, value]) => [name, decoded(value, charset)]));
}

function unescaped(value: string): Buffer {
  const latin = value
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(latin, 'latin1');
}

function decoded(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1'); // an unknown set, or bytes that are not of it
  }
}
