import type { DeliveryDirectives, MediaPlaylist, SkipDirective } from '@awaz/transcoder/hls';
import type { Exchange, Snapshot } from '../observations.ts';
import { compareEdges, edgeOf, nextDirectives } from '../playlist-text.ts';
import { MediaRecorder } from './media-recorder.ts';
import { MAX_SNAPSHOTS, type Session } from './session.ts';

/** Pause after an answer that brought nothing new, in ms: an origin that does not hold must not be flooded. */
const IDLE_PAUSE_MS = 250;

/** Every so many reloads a delta update is asked for beside the full playlist. */
const DELTA_EVERY = 4;

/** Follows the live edge of one rendition until the deadline or the end of the broadcast, and fetches its media. */
export async function followRendition(session: Session, rendition: number): Promise<void> {
  const media = new MediaRecorder(session, rendition);
  let last: Parsed | undefined;
  for (let round = 0; session.isOn && !isFull(session); round++) {
    const next = await reload(session, { rendition, round, last });
    if (next !== undefined) media.take(next);
    if (next?.playlist.ended) return afterEnd(session, rendition);
    const mustPause = !isNews(next, last) || !blocks(next);
    last = next ?? last;
    if (mustPause) await session.pause(pauseMs(last));
  }
}

/** Asks for what comes next, now and then also for a delta update; undefined when no playlist came. */
async function reload(
  session: Session,
  { rendition, round, last }: { rendition: number; round: number; last: Parsed | undefined },
): Promise<Parsed | undefined> {
  const directives = last !== undefined && blocks(last) ? nextDirectives(last.playlist) : {};
  if (round > 0 && round % DELTA_EVERY === 0) askForDelta(session, { rendition, directives, round });
  const loaded = await session.loadPlaylist({ rendition, errand: round === 0 ? 'first' : 'follow', directives });
  return isParsed(loaded) ? loaded : undefined;
}

function blocks(snapshot: Parsed | undefined): boolean {
  return snapshot?.playlist.serverControl?.canBlockReload ?? false;
}

type Parsed = Snapshot & { playlist: MediaPlaylist };

function isParsed(loaded: Snapshot | Exchange): loaded is Parsed {
  return isSnapshot(loaded) && loaded.playlist !== undefined;
}

function isFull({ snapshots, client, remarks }: Session): boolean {
  const full = snapshots.length >= MAX_SNAPSHOTS || client.isExhausted;
  if (full) remarks.add('Following ended early: the cap on playlists, requests or bytes was reached.');
  return full;
}

function askForDelta(session: Session, at: { rendition: number; directives: DeliveryDirectives; round: number }): void {
  if (session.latest(at.rendition)?.playlist?.serverControl?.canSkipUntil === undefined) return;
  const skip: SkipDirective = (at.round / DELTA_EVERY) % 2 === 0 ? 'v2' : 'YES';
  const ask = async () => {
    await session.loadPlaylist({
      rendition: at.rendition,
      errand: 'delta',
      directives: { ...at.directives, skip },
    });
  };
  session.beside(ask());
}

/** Without blocking reload: half a target duration (RFC 8216bis 6.3.4). */
function pauseMs(last: Parsed | undefined): number {
  return last === undefined || blocks(last)
    ? IDLE_PAUSE_MS
    : Math.max(IDLE_PAUSE_MS, last.playlist.targetDuration * 500);
}

function isNews(next: Parsed | undefined, last: Parsed | undefined): boolean {
  if (next === undefined || last === undefined) return next !== undefined;
  return compareEdges(edgeOf(next.playlist), edgeOf(last.playlist)) > 0;
}

/** Loads an ended playlist again, plainly and with directives that have to be ignored. */
async function afterEnd(session: Session, rendition: number): Promise<void> {
  const playlist = session.latest(rendition)?.playlist;
  if (playlist === undefined) return;
  await session.loadPlaylist({ rendition, errand: 'after end', directives: {} });
  const { lastMsn } = edgeOf(playlist);
  const asked: readonly (readonly ['after end with directives' | 'after end with skip', DeliveryDirectives])[] = [
    ['after end with directives', { msn: lastMsn + 1, part: 0 }],
    ['after end with skip', { skip: 'YES' }],
  ];
  for (const [name, directives] of asked) {
    const loaded = await session.loadPlaylist({ rendition, errand: 'after end', directives });
    const exchange = isSnapshot(loaded) ? loaded.exchange : loaded;
    session.probes.push({ name, rendition, known: { lastMsn, openParts: 0 }, directives, exchange });
  }
}

/** Tells a playlist from an answer that was none. */
export function isSnapshot(loaded: Snapshot | Exchange): loaded is Snapshot {
  return 'lines' in loaded;
}
