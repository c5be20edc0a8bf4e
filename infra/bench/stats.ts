/** The value below which a share `p` (0 to 1) of the values lies, interpolated; NaN of none. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * p;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) return Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** The middle value; NaN of none. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The arithmetic mean; NaN of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A measured value and when it was measured, in ms. */
export type TimedValue = { at: number; value: number };

/** Growth per minute: the median of the slopes between all pairs (Theil and Sen), which single outliers do not move. */
export function slopePerMinute(points: readonly TimedValue[]): number {
  const slopes: number[] = [];
  for (const [i, a] of points.entries()) {
    for (const b of points.slice(i + 1)) {
      if (b.at !== a.at) slopes.push(((b.value - a.value) * 60_000) / (b.at - a.at));
    }
  }
  return median(slopes);
}
