import type { Engine, EngineOptions } from './engine.ts';
import type { EngineName } from './engine-choice.ts';
import { NativeEngine } from './native-engine.ts';

/** Opens an engine on an audio element. */
export type EngineFactory = (options: EngineOptions) => Engine;

/**
 * The factory of an engine: the native one at once, because iPhones allow sound only within the press itself; that of
 * hls.js after its code was fetched. The promise rejects when the code cannot be fetched.
 */
export function engineFactory(name: EngineName): EngineFactory | Promise<EngineFactory> {
  if (name === 'native') return (options) => new NativeEngine(options);
  const steered = name === 'hlsjs';
  return import('./hls-js-engine.ts').then(
    ({ HlsJsEngine }) =>
      (options) =>
        new HlsJsEngine({ ...options, steered }),
  );
}

/** Fetches the code of an engine before it is needed; failing does not matter, opening tries again. */
export function prefetchEngine(name: EngineName): void {
  Promise.resolve(engineFactory(name)).catch(() => undefined);
}
