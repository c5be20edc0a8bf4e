import { type ReadonlySignal, signal } from '@preact/signals';
import { asProblem, type RestProblem } from './problem.ts';

/** What a page has of something on the server; what was loaded once stays while newer loads fail. */
export type LoadedView<T> = { status: 'loading' | 'loaded' | 'failed'; value?: T; problem?: RestProblem };

/** Something on the server, loaded when asked for. */
export type Loaded<T> = {
  readonly view: ReadonlySignal<LoadedView<T>>;
  /** Loads it anew; the last one asked for wins. Never rejects. */
  refresh(): Promise<void>;
  /** Puts in place what another answer told. */
  put(value: T): void;
};

/** Makes a {@link Loaded}; nothing is asked before the first `refresh`. */
export function loaded<T>(load: () => Promise<T>): Loaded<T> {
  const view = signal<LoadedView<T>>({ status: 'loading' });
  let newest = 0;
  const put = (value: T) => {
    newest++;
    view.value = { status: 'loaded', value };
  };
  const refresh = async () => {
    const turn = ++newest;
    try {
      const value = await load();
      if (turn === newest) view.value = { status: 'loaded', value };
    } catch (error) {
      if (turn === newest) view.value = { ...view.value, status: 'failed', problem: asProblem(error) };
    }
  };
  return { view, refresh, put };
}
