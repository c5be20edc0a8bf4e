import { setMaxListeners } from 'node:events';
import type { Clock } from '../clock.ts';
import type { HttpPort, TransportFacts } from '../http-port.ts';
import type { Observations } from '../observations.ts';
import { textOf } from '../playlist-text.ts';
import { Client } from './client.ts';
import { probeDirectives } from './directive-probes.ts';
import { followRendition } from './follow-rendition.ts';
import { probeHttp } from './http-probes.ts';
import { type Entry, readEntry } from './renditions.ts';
import { PLAYLIST_HEADERS, Session } from './session.ts';

/** What to look at, for how long, and by what means. */
export type RecordOptions = {
  url: string;
  /** How long the live edge is followed, in seconds. */
  seconds: number;
  http: HttpPort;
  clock: Clock;
  /** Ends the check early. */
  signal: AbortSignal;
  /** Most bytes that are loaded. */
  maxBytes: number;
  /** Told what is done, about once a second. */
  onProgress: (line: string) => void;
};

/** The URL leads to no playlist: there is nothing to check. */
export class UncheckableError extends Error {
  override name = 'UncheckableError';
}

/** Pause between two looks at the clock in ms, and how many of them there are for a line of progress. */
const TICK_MS = 100;
const TICKS_PER_LINE = 10;

/** Lateness of the checker itself from which on the report speaks of it, in ms. */
const LATE_MS = 50;

/** Looks at an origin: follows its live edge, fetches its media and asks it questions. Throws {@link UncheckableError}. */
export async function recordOrigin(options: RecordOptions): Promise<Observations> {
  const { url, clock, http, signal, onProgress } = options;
  // Every request that is under way listens to it.
  setMaxListeners(0, signal);
  const client = new Client({ http, clock, signal, maxBytes: options.maxBytes });
  const session = new Session({ client, clock, signal });
  const startedAt = clock.now();
  onProgress(`loading ${url}`);
  const first = await client.send({ url, headers: PLAYLIST_HEADERS });
  const text = first.status === 200 ? textOf(first) : undefined;
  if (text === undefined) throw new UncheckableError(uncheckable(url, first));
  const entry = readEntry(first, text);
  if (entry.renditions.length === 0) {
    throw new UncheckableError(`${url} lists no media playlist: ${entry.multivariant?.fault ?? 'no variant in it'}`);
  }
  session.renditions = entry.renditions;
  if (entry.omitted > 0) session.remarks.add(`${entry.omitted} more renditions were not followed.`);
  session.deadline = clock.now() + options.seconds * 1000;
  await watch(session, options);
  const transport = await inspect(options);
  return { url, startedAt, endedAt: clock.now(), first, transport, ...seen(session, entry) };
}

function seen(
  session: Session,
  entry: Entry,
): Omit<Observations, 'url' | 'startedAt' | 'endedAt' | 'first' | 'transport'> {
  return {
    multivariant: entry.multivariant,
    renditions: entry.renditions,
    snapshots: session.snapshots.toSorted((a, b) => a.exchange.endedAt - b.exchange.endedAt),
    media: session.media,
    probes: session.probes,
    exchanges: session.client.exchanges,
    remarks: [...session.remarks],
  };
}

async function watch(session: Session, options: RecordOptions): Promise<void> {
  const over = new AbortController();
  const progress = tell(session, options, over.signal);
  const followers = session.renditions.map((_, rendition) => followRendition(session, rendition));
  await Promise.all([...followers, probe(session, options.url)]);
  await session.settle();
  over.abort();
  await progress;
}

/** Questions begin once there is a playlist to ask about. */
async function probe(session: Session, url: string): Promise<void> {
  while (session.latest(0) === undefined) if (!(await session.pause(100))) return;
  await probeHttp(session, url);
  if (session.latest(0)?.playlist?.serverControl?.canBlockReload) await probeDirectives(session, 0);
}

async function tell(session: Session, { clock, onProgress }: RecordOptions, signal: AbortSignal): Promise<void> {
  let latest = 0;
  for (let tick = 1; !signal.aborted; tick++) {
    const wakeAt = clock.now() + TICK_MS;
    await clock.sleep(TICK_MS, signal);
    if (signal.aborted) break;
    latest = Math.max(latest, clock.now() - wakeAt);
    if (tick % TICKS_PER_LINE !== 0) continue;
    const left = Math.max(0, Math.ceil((session.deadline - clock.now()) / 1000));
    const { snapshots, media, probes } = session;
    onProgress(
      `${snapshots.length} playlists, ${media.length} pieces of media, ${probes.length} questions; ${left} s left`,
    );
  }
  if (latest > LATE_MS) {
    session.remarks.add(
      `This machine was busy: the checker itself ran up to ${Math.round(latest)} ms late, so rules about time are uncertain.`,
    );
  }
}

async function inspect({ http, url, signal }: RecordOptions): Promise<TransportFacts | undefined> {
  try {
    return await http.inspect(url, signal);
  } catch {
    // The rules about the connection then have nothing to look at.
    return undefined;
  }
}

function uncheckable(
  url: string,
  { status, headers, failure }: { status: number; headers: Readonly<Record<string, string>>; failure?: string },
): string {
  if (status === 0) return `${url} does not answer: ${failure}.`;
  if (status === 200) return `${url}: Content-Encoding ${headers['content-encoding']} cannot be read.`;
  const location = headers.location === undefined ? '' : ` to ${headers.location}; check that address instead`;
  return `${url} answers ${status}${location}, a playlist is needed.`;
}
