/** A stretch of sound: interleaved samples between -1 and 1. */
export type Sound = { samples: Float32Array; rate: number; channels: number };

/** What kind of stretch; 48 kHz stereo when left out. */
export type SoundFormat = { seconds: number; rate?: number; channels?: number };

/** The bytes of a WAV file with 16-bit samples. `samples` are interleaved, floats between -1 and 1 or 16-bit integers. */
export function wavOf(samples: Float32Array | Int16Array, rate = 48_000, channels = 2): Buffer {
  const header = Buffer.alloc(44);
  const dataBytes = samples.length * 2;
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16); // size of the format block
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * channels * 2, 28); // bytes per second
  header.writeUInt16LE(channels * 2, 32); // bytes per sample of all channels
  header.writeUInt16LE(16, 34); // bits per sample
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return Buffer.concat([header, pcm16Of(samples)]);
}

/** Raw 16-bit little-endian samples. */
export function pcm16Of(samples: Float32Array | Int16Array): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  for (const [index, sample] of samples.entries()) {
    const value = samples instanceof Int16Array ? sample : Math.round(Math.max(-1, Math.min(1, sample)) * 32_767);
    bytes.writeInt16LE(value, index * 2);
  }
  return bytes;
}

/** A sine tone, the same in all channels; 440 Hz at half of full scale when left out. */
export function tone(options: SoundFormat & { frequencyHz?: number; amplitude?: number }): Sound {
  const { frequencyHz = 440, amplitude = 0.5 } = options;
  return sound(options, (seconds) => amplitude * Math.sin(2 * Math.PI * frequencyHz * seconds));
}

/**
 * Silence with short bursts of a tone: one at `firstMs`, then one every `everyMs`. A burst starts at full strength, so
 * that its onset can be found to the sample.
 */
export function clickTrack(
  options: SoundFormat & {
    everyMs: number;
    firstMs?: number;
    clickMs?: number;
    frequencyHz?: number;
    amplitude?: number;
  },
): Sound {
  const { everyMs, firstMs = 0, clickMs = 10, frequencyHz = 1000, amplitude = 0.9 } = options;
  return sound(options, (seconds) => {
    const sinceFirst = seconds * 1000 - firstMs;
    const sinceClick = sinceFirst < 0 ? Number.POSITIVE_INFINITY : sinceFirst % everyMs;
    return sinceClick < clickMs ? amplitude * Math.cos((2 * Math.PI * frequencyHz * sinceClick) / 1000) : 0;
  });
}

/** Silence. */
export function silence(options: SoundFormat): Sound {
  return sound(options, () => 0);
}

function sound(format: SoundFormat, valueAt: (seconds: number) => number): Sound {
  const { seconds, rate = 48_000, channels = 2 } = format;
  const samples = new Float32Array(Math.round(seconds * rate) * channels);
  for (let index = 0; index < samples.length; index += channels) {
    samples.fill(valueAt(index / channels / rate), index, index + channels);
  }
  return { samples, rate, channels };
}
