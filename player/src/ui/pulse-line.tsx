/** `flat` off air, `live` sound is playing, `quiet` on air but not playing here, `broken` reconnecting. */
export type PulseMode = 'flat' | 'live' | 'quiet' | 'broken';

const WIDTH = 1200;
const MIDDLE = 24;
const STEP = 4;

/** A voice-like line whose second half repeats the first, so that it can drift by half without a seam. */
const WAVE = Array.from({ length: WIDTH / STEP + 1 }, (_, i) => {
  const turn = ((i * STEP) / (WIDTH / 2)) * 2 * Math.PI;
  const swell = 0.35 + 0.65 * Math.sin(turn * 2) ** 2 * (0.6 + 0.4 * Math.sin(turn * 3 + 1));
  const y = MIDDLE + 19 * swell * (0.62 * Math.sin(turn * 11) + 0.38 * Math.sin(turn * 17 + 2));
  return `${i === 0 ? 'M' : 'L'}${i * STEP} ${y.toFixed(1)}`;
}).join('');

/** The product's motif: one line that says how the station is. Decorative; the words beside it carry the state. */
export function PulseLine({ mode }: { mode: PulseMode }) {
  return (
    <svg class={`pulse-line pulse-line--${mode}`} viewBox="0 0 600 48" preserveAspectRatio="none" aria-hidden="true">
      <g class="wave">
        <path class="drift" d={WAVE} />
      </g>
    </svg>
  );
}
