/** How many listen to a station. */
export type ListenerCount = {
  count: number;
  /** False where the server cannot know: there are at least so many. */
  exact: boolean;
};

/** Reads the `listeners` of a station as the API sends it; null when it is missing or odd. */
export function readListeners(value: unknown): ListenerCount | null {
  if (typeof value !== 'object' || value === null || !('count' in value)) return null;
  const { count } = value;
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) return null;
  return { count, exact: !('exact' in value) || value.exact !== false };
}
