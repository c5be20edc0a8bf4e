import type { Milliseconds } from '../contract/index.ts';
import { openSimpleIngest, type SimpleIngest } from '../e2e/simple-push.ts';
import { pause } from '../runtime/index.ts';
import { loadRecording, type Recording } from '../testkit/index.ts';
import type { Fault } from './faults.ts';
import { mutated } from './mutations.ts';
import type { Stage } from './stage.ts';

/** How long a bad neighbour goes on, in ms. */
const NEIGHBOUR_MS: Milliseconds = 8000;

/** A recorder's usual pace, in ms. */
const CHUNK_EVERY_MS = 120;

/** Chunks that a flood sends without a breath. */
const FLOOD_CHUNKS = 50;

/** Mutated files that are sent at the same time, and how much of each: 12 s. */
const MUTATED_FILES = 4;
const MUTATED_CHUNKS = 100;

/** A neighbour that was not told the end of its broadcast by then is left, in ms. */
const GOODBYE_MS = 3000;

/** Other stations that misbehave on the same nodes and workers; the broadcast on air must not notice. */
export const NEIGHBOURS: readonly Fault[] = [
  {
    name: 'neighbour-flood',
    summary: 'another station sends as fast as it can',
    run: (stage) =>
      beside(stage, async ({ ingest, recording, signal }) => {
        for (let sent = 0; !signal.aborted; sent += FLOOD_CHUNKS) {
          for (let n = sent; n < sent + FLOOD_CHUNKS; n++) ingest.send(chunkOf(recording, n));
          await pause(20, signal);
        }
      }),
  },
  {
    name: 'neighbour-stall',
    summary: 'another station begins, sends nothing more and stays connected',
    run: (stage) =>
      beside(stage, async ({ ingest, recording, signal }) => {
        for (let n = 0; n < 5; n++) ingest.send(chunkOf(recording, n));
        await pause(NEIGHBOUR_MS, signal);
      }),
  },
  {
    name: 'neighbour-garbage',
    summary: 'another station sends a good beginning and then noise',
    run: (stage) =>
      beside(stage, async ({ ingest, recording, signal }) => {
        ingest.send(chunkOf(recording, 0));
        while (!signal.aborted) {
          ingest.send(Uint8Array.from({ length: 2000 }, () => stage.random() * 256));
          await pause(CHUNK_EVERY_MS, signal);
        }
      }),
  },
  {
    name: 'neighbour-mutated',
    summary: `${MUTATED_FILES} other stations send recordings with mistakes in them`,
    run: async (stage) => {
      const files = Array.from({ length: MUTATED_FILES }, () => beside(stage, (one) => sendMutated(one, stage.random)));
      await Promise.all(files);
    },
  },
];

type Neighbour = { ingest: SimpleIngest; recording: Recording; signal: AbortSignal };

async function sendMutated({ ingest, recording, signal }: Neighbour, random: () => number): Promise<void> {
  for (let n = 0; n < MUTATED_CHUNKS && !signal.aborted; n++) {
    ingest.send(mutated(chunkOf(recording, n), random));
    await pause(NEIGHBOUR_MS / MUTATED_CHUNKS, signal);
  }
}

let stations = 0;

/** Adds a station, lets it misbehave for a while and ends its broadcast. What the server answers is its own matter. */
async function beside({ stack, signal }: Stage, misbehave: (neighbour: Neighbour) => Promise<void>): Promise<void> {
  const station = await stack.addStation(`neighbour-${++stations}`);
  const recording = loadRecording(
    stations % 2 === 0 ? 'mediarecorder-mp4-opus-240ms' : 'mediarecorder-webm-opus-120ms',
  );
  const server = stack.nodes[stations % stack.nodes.length]?.url ?? '';
  const ingest = await openSimpleIngest({ server, station, type: recording.mime });
  const whole = AbortSignal.any([signal, AbortSignal.timeout(NEIGHBOUR_MS)]);
  await misbehave({ ingest, recording, signal: whole });
  await Promise.race([ingest.end(), pause(GOODBYE_MS, signal)]);
  ingest.drop();
}

function chunkOf({ chunks }: Recording, n: number): Uint8Array {
  return chunks[n % chunks.length]?.bytes ?? new Uint8Array();
}
