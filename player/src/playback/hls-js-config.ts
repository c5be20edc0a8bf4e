import Hls, { type FragmentTracker, type HlsConfig, type LoaderConfig } from 'hls.js/light';

/** Distance to the live edge at which hls.js joins, in seconds; the controller takes over from there. */
const JOIN_BEHIND_SECONDS = 0.4;

/**
 * hls.js takes a segment for wholly buffered when at most this many seconds of it are missing. With its own 0.2 a join
 * at the second part of a segment counts as whole, while the first part counts as still to load: at the segment's end it
 * then waits for a part that never comes, for 5 s. Shorter than any part, the two agree.
 */
const BUFFER_PADDING_SECONDS = 0.05;

/** The buffer controller is where hls.js hands out its tracker of what is buffered. */
function exactBufferController(): HlsConfig['bufferController'] {
  const Base = Hls.DefaultConfig.bufferController;
  if (Base === undefined) return Base;
  return class extends Base {
    constructor(hls: Hls, fragmentTracker: FragmentTracker) {
      super(hls, fragmentTracker);
      Object.assign(fragmentTracker, { bufferPadding: BUFFER_PADDING_SECONDS });
    }
  };
}

/** Few quick tries inside hls.js; after them the player starts again with its own schedule. */
function quickRetries(tries: number): { default: LoaderConfig } {
  const retry = { maxNumRetry: tries, retryDelayMs: 250, maxRetryDelayMs: 1000, backoff: 'linear' } as const;
  return {
    default: {
      maxTimeToFirstByteMs: 8000,
      maxLoadTimeMs: 15_000,
      timeoutRetry: tries === 0 ? null : { ...retry, maxNumRetry: 1, retryDelayMs: 0 },
      errorRetry: tries === 0 ? null : retry,
    },
  };
}

/** Settings under which our latency controller steers: hls.js neither changes the rate nor widens its target. */
export function steeredConfig(): Partial<HlsConfig> {
  return {
    lowLatencyMode: true,
    liveSyncOnStallIncrease: 0,
    maxLiveSyncPlaybackRate: 1,
    liveSyncDuration: JOIN_BEHIND_SECONDS,
    backBufferLength: 30,
    // Our parts are fMP4 already: a worker would only be a detour, and 40 ms of the first sound.
    enableWorker: false,
    bufferController: exactBufferController(),
    manifestLoadPolicy: quickRetries(0),
    playlistLoadPolicy: quickRetries(2),
    fragLoadPolicy: quickRetries(3),
  };
}
