/** Notices that nothing is loaded although the playlist moves on, and says what to try. */

/** The buffer may stand still this long while the playlist moves, in ms. */
const NO_GROWTH_MS = 1500;

/** A remedy gets this long before the next one, in ms. */
const REMEDY_MS = 1000;

/** The playlist is ahead of the buffer from here on, in part targets; less is the normal saw-tooth. */
const AHEAD_PARTS = 1.5;

/** Nothing in flight for this many part targets, though parts are there, means that hls.js is stuck. */
const IDLE_PARTS = 2;

/** In this order: what cures the cheapest cause comes first. */
const REMEDIES = ['start_load', 'seek_live', 'restart'] as const;

/** What to do: `nudge` a seek just past the buffer's end; the others as they say; `restart` gives the engine up. */
export type WatchdogAction = 'none' | 'nudge' | (typeof REMEDIES)[number];

/** One look at the buffer; times in seconds on the media timeline, `at` in monotonic ms. */
export type WatchdogSample = {
  at: number;
  bufferEnd: number;
  /** End of the last part in the playlist. */
  playlistEnd: number;
  partTarget: number;
  /** Whether a request for media is under way. */
  loading: boolean;
};

/** What the watchdog remembers between samples. */
export type WatchdogMemory = {
  bufferEnd: number;
  grewAt: number;
  /** Since when parts are there and none is asked for, in ms. */
  idleSince: number | null;
  nudgedAtEnd: number | null;
  remedies: number;
  remedyAt: number;
};

/** Memory of a playback that begins at `at` (monotonic ms). */
export function startWatchdogMemory(at: number): WatchdogMemory {
  return { bufferEnd: 0, grewAt: at, idleSince: null, nudgedAtEnd: null, remedies: 0, remedyAt: at };
}

/** Takes one sample and decides. Pure. */
export function watch(
  memory: WatchdogMemory,
  sample: WatchdogSample,
): { memory: WatchdogMemory; action: WatchdogAction } {
  const ahead = sample.playlistEnd - sample.bufferEnd > AHEAD_PARTS * sample.partTarget;
  if (sample.bufferEnd !== memory.bufferEnd || !ahead) {
    return { memory: { ...startWatchdogMemory(sample.at), bufferEnd: sample.bufferEnd }, action: 'none' };
  }
  const idleSince = sample.loading ? null : (memory.idleSince ?? sample.at);
  const next = { ...memory, idleSince };
  const idleTooLong = idleSince !== null && sample.at - idleSince >= IDLE_PARTS * sample.partTarget * 1000;
  if (idleTooLong && memory.nudgedAtEnd !== sample.bufferEnd) {
    return { memory: { ...next, nudgedAtEnd: sample.bufferEnd }, action: 'nudge' };
  }
  const stuck = sample.at - memory.grewAt >= NO_GROWTH_MS;
  const remedyDue = memory.remedies === 0 || sample.at - memory.remedyAt >= REMEDY_MS;
  if (!stuck || !remedyDue) return { memory: next, action: 'none' };
  const action = REMEDIES[Math.min(memory.remedies, REMEDIES.length - 1)] ?? 'restart';
  return { memory: { ...next, remedies: memory.remedies + 1, remedyAt: sample.at }, action };
}
