import type { Page } from '@awaz/infra/contract';
import { type ReadonlySignal, signal } from '@preact/signals';
import { asProblem, type RestProblem } from './problem.ts';

/** What a page has of a list that comes in parts; what was loaded stays while more fails. */
export type PagedView<Item> = {
  status: 'loading' | 'loaded' | 'failed';
  items: readonly Item[];
  hasMore: boolean;
  problem?: RestProblem | undefined;
};

/** A list that comes in parts, the first part when `refresh` is called first. */
export type Paged<Item> = {
  readonly view: ReadonlySignal<PagedView<Item>>;
  /** Begins anew. Never rejects. */
  refresh(): Promise<void>;
  /** Loads the next part. Never rejects. */
  more(): Promise<void>;
  /** Puts another item in the place of those that this holds for. */
  replace(item: Item, isSame: (other: Item) => boolean): void;
};

/** Makes a {@link Paged}; `load` gets the cursor of the part, undefined for the first. */
export function paged<Item>(load: (cursor: string | undefined) => Promise<Page<Item>>): Paged<Item> {
  const view = signal<PagedView<Item>>({ status: 'loading', items: [], hasMore: false });
  let next: string | null = null;
  let turn = 0;
  const take = async (cursor: string | undefined, before: readonly Item[]) => {
    const mine = ++turn;
    try {
      const part = await load(cursor);
      if (mine !== turn) return;
      next = part.next;
      view.value = { status: 'loaded', items: [...before, ...part.items], hasMore: next !== null };
    } catch (error) {
      if (mine === turn) view.value = { ...view.value, status: 'failed', problem: asProblem(error) };
    }
  };
  return {
    view,
    refresh: () => take(undefined, []),
    more: () => (next === null ? Promise.resolve() : take(next, view.value.items)),
    replace: (item, isSame) => {
      view.value = { ...view.value, items: view.value.items.map((other) => (isSame(other) ? item : other)) };
    },
  };
}
