import { CLICK_HZ, clickIdOf, type HeardClick } from '../../e2e/clicks.ts';
import { PCM_RATE } from '../../e2e/pcm.ts';
import type { Sound } from '../../testkit/index.ts';

/** Time from one click to the next, in ms. */
export const CLICK_EVERY_MS = 1500;

/** When the first click comes in each cycle, in ms. */
const FIRST_CLICK_MS = 400;

/** Long enough to tell its pitch even when a player that catches up cuts a piece out, in ms. */
const CLICK_MS = 40;

/** A tone between the clicks, so that a hole in the sound is heard as one: loudness and pitch. */
const PILOT = { amplitude: 0.02, hz: 300 } as const;

/**
 * Pitches of one cycle, by their place in the scale. Each pair of neighbours occurs once, the pair over the seam too, so
 * that two clicks tell where in the cycle they are: eight steps of 1, then eight of 3, of 5 and of 7.
 */
const ORDER = [1, 3, 5, 7].flatMap((step) => CLICK_HZ.map((_, i) => (i * step) % CLICK_HZ.length));

/** How many clicks a cycle has. */
export const CLICKS_IN_CYCLE = ORDER.length;

/** Length of a cycle, in ms. Delays up to that can be told. */
export const CYCLE_MS = CLICKS_IN_CYCLE * CLICK_EVERY_MS;

/** Places of pairs in the cycle: of the first and the second pitch. */
const PLACES = new Map(ORDER.map((id, place) => [`${ORDER.at(place - 1)} ${id}`, place]));

/** One cycle of the programme, mono: clicks of known pitch over a quiet tone; repeated, it has no seam. */
export function clickProgramme(): Sound {
  const samples = new Float32Array((CYCLE_MS * PCM_RATE) / 1000);
  for (let i = 0; i < samples.length; i++) {
    samples[i] = PILOT.amplitude * Math.sin((2 * Math.PI * PILOT.hz * i) / PCM_RATE);
  }
  for (const [place, id] of ORDER.entries()) {
    const from = (offsetOfClickMs(place) * PCM_RATE) / 1000;
    for (let i = 0; i < (CLICK_MS * PCM_RATE) / 1000; i++) {
      samples[from + i] = 0.9 * Math.cos((2 * Math.PI * (CLICK_HZ[id] ?? 0) * i) / PCM_RATE);
    }
  }
  return { samples, rate: PCM_RATE, channels: 1 };
}

/** When a click comes, in ms after its cycle began. */
export function offsetOfClickMs(place: number): number {
  return FIRST_CLICK_MS + place * CLICK_EVERY_MS;
}

/** Which click of the cycle this is, from its pitch and the one heard before it; undefined when they are no such pair. */
export function placeOfClick(before: HeardClick, click: HeardClick): number | undefined {
  return PLACES.get(`${clickIdOf(before.hz)} ${clickIdOf(click.hz)}`);
}
