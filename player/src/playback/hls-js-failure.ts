import type { ErrorData } from 'hls.js/light';
import { retryAfter } from './air-probe.ts';
import type { EngineFailure } from './engine.ts';

/** Waited when a full server does not say how long, in ms. */
const CAPACITY_WAIT_MS = 10_000;

const UNPLAYABLE: readonly string[] = [
  'manifestIncompatibleCodecsError',
  'bufferAddCodecError',
  'bufferIncompatibleCodecsError',
];

/** What a fatal error of hls.js means to a listener. */
export function failureOf(error: Pick<ErrorData, 'details' | 'response' | 'networkDetails'>): EngineFailure {
  const status = error.response?.code;
  if (UNPLAYABLE.includes(error.details)) return { kind: 'unsupported' };
  if (status === 401 || status === 403) return { kind: 'refused' };
  if (error.details === 'manifestLoadError' && status === 404) return { kind: 'off_air' };
  if (error.details === 'manifestLoadError' && status === 503) {
    return { kind: 'capacity', retryAfterMs: retryAfter(headerOf(error.networkDetails)) ?? CAPACITY_WAIT_MS };
  }
  return { kind: 'network' };
}

function headerOf(request: unknown): string | null {
  return typeof XMLHttpRequest !== 'undefined' && request instanceof XMLHttpRequest
    ? request.getResponseHeader('retry-after')
    : null;
}
