/** Share of the chunks that {@link mutated} leaves as they are. */
const SPARED = 0.7;

/** A chunk with a mistake in it, or as it is: bits turned, a piece missing, doubled or made of noise, the rest cut off. */
export function mutated(chunk: Uint8Array, random: () => number): Uint8Array {
  if (random() < SPARED || chunk.length < 2) return chunk;
  const at = Math.floor(random() * chunk.length);
  const length = 1 + Math.floor(random() ** 3 * (chunk.length - at));
  const [before, piece, after] = [chunk.subarray(0, at), chunk.subarray(at, at + length), chunk.subarray(at + length)];
  const mistakes = [
    () => [before, piece.map((byte) => byte ^ (1 << Math.floor(random() * 8))), after],
    () => [before, after],
    () => [before, piece, piece, after],
    () => [before, piece.map(() => random() * 256), after],
    () => [before],
  ];
  return Buffer.concat(mistakes[Math.floor(random() * mistakes.length)]?.() ?? [chunk]);
}
