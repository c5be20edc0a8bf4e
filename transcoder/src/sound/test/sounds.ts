/** 16-bit stereo at 48 kHz whose both channels follow `valueAt`, full scale being 1; beyond it is cut off. */
export function stereo(seconds: number, valueAt: (index: number) => number): Buffer {
  const frames = Math.round(seconds * 48_000);
  const bytes = Buffer.alloc(frames * 4);
  for (let index = 0; index < frames; index++) {
    const value = Math.max(-32_768, Math.min(32_767, Math.round(valueAt(index) * 32_768)));
    bytes.writeInt16LE(value, index * 4);
    bytes.writeInt16LE(value, index * 4 + 2);
  }
  return bytes;
}

/** A tone in both channels, its peak at `dbfs`. */
export function sine({ hz, dbfs, seconds }: { hz: number; dbfs: number; seconds: number }): Buffer {
  const peak = 10 ** (dbfs / 20);
  return stereo(seconds, (index) => peak * Math.sin((2 * Math.PI * hz * index) / 48_000));
}
