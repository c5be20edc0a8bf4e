import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Changes whenever the music does, so that an old file is not played. */
const VERSION = 1;
const RATE = 48_000;
const BEAT_SECONDS = 0.75;
const BEATS_PER_CHORD = 6;
/** Chords as semitones from A below middle C; the piece ends where it begins. */
const CHORDS: readonly (readonly number[])[] = [
  [-12, 0, 7, 12, 16], // A
  [-8, -1, 4, 11, 16], // E over C sharp
  [-3, 0, 9, 12, 16], // F sharp minor
  [-7, 2, 5, 9, 14], // D
  [-12, 0, 7, 11, 16],
  [-10, -1, 5, 9, 14], // B minor
  [-7, 2, 9, 12, 17],
  [-5, -1, 7, 11, 14], // E
  [-3, 0, 4, 9, 16],
  [-7, 2, 5, 9, 16],
  [-12, 0, 7, 12, 19],
  [-5, 2, 7, 11, 14],
  [-3, 4, 9, 12, 16],
  [-7, 2, 9, 14, 17],
  [-5, -1, 7, 11, 16],
  [-5, 2, 7, 11, 14],
];
/** The order in which an arpeggio walks through a chord. */
const WALK = [1, 3, 2, 4, 3, 2, 4, 3, 1, 2, 3, 4] as const;

type Note = {
  semitone: number;
  /** When it begins and how fast it fades, in seconds. */
  at: number;
  attack: number;
  fade: number;
  loudness: number;
  /** -1 is left, 1 is right. */
  side: number;
  /** Loudness of each harmonic. */
  harmonics: readonly number[];
};

type Stereo = { left: Float32Array; right: Float32Array };

/** The file with the demo's programme, made on first use: 72 seconds of soft chords that can be looped. */
export async function demoProgramme(cacheDir: string): Promise<string> {
  const file = join(cacheDir, `demo-programme-${VERSION}.wav`);
  if (existsSync(file)) return file;
  await mkdir(cacheDir, { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, wavFile(renderProgramme()));
  await rename(draft, file);
  return file;
}

/** Computes the piece. What still sounds at its end is heard at its beginning: a loop without a seam. */
export function renderProgramme(): Stereo {
  const length = Math.round(CHORDS.length * BEATS_PER_CHORD * BEAT_SECONDS * RATE);
  const sound = { left: new Float32Array(length), right: new Float32Array(length) };
  for (const [index, chord] of CHORDS.entries()) {
    for (const note of [...padOf(chord, index), ...arpeggioOf(chord, index)]) play(note, sound);
  }
  return sound;
}

function padOf(chord: readonly number[], index: number): Note[] {
  const at = index * BEATS_PER_CHORD * BEAT_SECONDS;
  return chord.map((semitone, voice) => ({
    ...{ semitone, at, attack: 1.2, fade: 1.5, side: voice / 2 - 1 },
    ...{ loudness: voice === 0 ? 0.16 : 0.085, harmonics: [1, 0.25] },
  }));
}

function arpeggioOf(chord: readonly number[], index: number): Note[] {
  return WALK.map((voice, step) => ({
    semitone: (chord[voice] ?? 0) + 12,
    at: (index * BEATS_PER_CHORD + step / 2) * BEAT_SECONDS,
    attack: 0.012,
    fade: 0.5,
    loudness: step % 4 === 0 ? 0.19 : 0.14,
    side: Math.sin(step * 1.7) * 0.7,
    harmonics: [1, 0.35, 0.14],
  }));
}

/** Loudness below which a note is over. */
const INAUDIBLE = 0.0005;

/** Adds a note to the sound, wrapping around at the end. */
function play(note: Note, sound: Stereo): void {
  const hertz = 220 * 2 ** (note.semitone / 12);
  for (const [index, strength] of note.harmonics.entries()) {
    const partial = {
      first: Math.round(note.at * RATE),
      turn: (2 * Math.PI * hertz * (index + 1)) / RATE,
      rising: Math.round(note.attack * RATE),
      // Higher harmonics fade faster, as on a string.
      decay: Math.exp(-(1 + index * 0.6) / (note.fade * RATE)),
      toLeft: note.loudness * strength * Math.sqrt((1 - note.side) / 2),
      toRight: note.loudness * strength * Math.sqrt((1 + note.side) / 2),
    };
    addPartial(partial, sound);
  }
}

type Partial = { first: number; turn: number; rising: number; decay: number; toLeft: number; toRight: number };

/** One fading sine, by recurrence: s(n + 1) = 2 cos(turn) s(n) - s(n - 1). */
function addPartial({ first, turn, rising, decay, toLeft, toRight }: Partial, { left, right }: Stereo): void {
  const length = left.length;
  const twice = 2 * Math.cos(turn);
  let before = -Math.sin(turn);
  let now = 0;
  let level = 1;
  for (let n = 0, at = first; level > INAUDIBLE / (toLeft + toRight); n++, at++) {
    if (at === length) at = 0;
    if (n >= rising) level *= decay;
    const value = n < rising ? (now * n) / rising : now * level;
    left[at] = (left[at] ?? 0) + value * toLeft;
    right[at] = (right[at] ?? 0) + value * toRight;
    const next = twice * now - before;
    before = now;
    now = next;
  }
}

function wavFile({ left, right }: Stereo): Buffer {
  const bytes = Buffer.alloc(44 + left.length * 4);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16); // size of the format block
  bytes.writeUInt16LE(1, 20); // PCM
  bytes.writeUInt16LE(2, 22); // channels
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(RATE * 4, 28); // bytes per second
  bytes.writeUInt16LE(4, 32); // bytes per sample of both channels
  bytes.writeUInt16LE(16, 34); // bits per sample
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(left.length * 4, 40);
  for (let n = 0; n < left.length; n++) {
    bytes.writeInt16LE(toInteger(left[n] ?? 0), 44 + n * 4);
    bytes.writeInt16LE(toInteger(right[n] ?? 0), 46 + n * 4);
  }
  return bytes;
}

function toInteger(sample: number): number {
  return Math.round(Math.max(-1, Math.min(1, sample)) * 32_767);
}
