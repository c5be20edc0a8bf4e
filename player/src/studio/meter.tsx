import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { coloursOf, drawMeter, meterHeight } from './meter-canvas.ts';
import { AMBER_DB, FLOOR_DB, type MeterBallistics, type MeterView, meterFraction } from './meter-scale.ts';
import { t } from './words.ts';

/** Time between two drawn frames: 30 a second, less the slack of the browser's own 60. */
const FRAME_MS = 30;

/** How often numbers change, and how often screen readers may hear of it, in ms. */
const NUMBERS_MS = 120;
const SPOKEN_MS = 2000;

const TICKS = [FLOOR_DB, -48, -36, -24, AMBER_DB, -6, 0];

/** Level of the microphone: bars, numbers and words that say the same. */
export function Meter({ ballistics }: { ballistics: MeterBallistics }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const numbers = useSignal<MeterView>(ballistics.view(0));
  const spoken = useSignal<MeterView>(numbers.value);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    return draw(element, ballistics, (view, age) => {
      if (age(NUMBERS_MS)) numbers.value = view;
      if (age(SPOKEN_MS)) spoken.value = view;
    });
  }, [ballistics, numbers, spoken]);
  const view = numbers.value;
  const height = meterHeight(Math.max(1, view.channels.length));
  return (
    <div class="meter" data-zone={view.zone}>
      <meter
        class="sr-only"
        aria-label={t('meter.label')}
        min={FLOOR_DB}
        max={0}
        value={Math.round(Math.max(FLOOR_DB, Math.min(0, spoken.value.peakDb)))}
        aria-valuetext={levelText(spoken.value)}
      />
      <div class="meter-bars" aria-hidden="true">
        <canvas ref={canvas} style={{ height: `${height}px` }} />
        <MeterScale />
      </div>
      <p class="meter-reading" aria-hidden="true">
        <span class="meter-number">{decibels(view.peakDb)}</span> {t('meter.unit')}
        <span class="meter-zone">{t(`meter.zone.${view.zone}`)}</span>
        <span class={view.isClipped ? 'meter-clip meter-clip--lit' : 'meter-clip'}>{t('meter.clip')}</span>
      </p>
    </div>
  );
}

function MeterScale() {
  return (
    <div class="meter-scale" aria-hidden="true">
      {TICKS.map((db) => (
        <span key={db} class="meter-tick" style={{ insetInlineStart: `${meterFraction(db) * 100}%` }}>
          {signed(db)}
        </span>
      ))}
    </div>
  );
}

/** Draws until it is stopped. `age(ms)` is true once in so many ms. */
function draw(
  canvas: HTMLCanvasElement,
  ballistics: MeterBallistics,
  tell: (view: MeterView, age: (ms: number) => boolean) => void,
): () => void {
  let drawnAt = 0;
  let frame = requestAnimationFrame(function step(time) {
    frame = requestAnimationFrame(step);
    if (time - drawnAt < FRAME_MS) return;
    const before = drawnAt;
    drawnAt = time;
    const view = ballistics.view(Date.now());
    drawMeter(canvas, view, coloursOf(canvas));
    tell(view, (ms) => Math.floor(time / ms) !== Math.floor(before / ms));
  });
  return () => cancelAnimationFrame(frame);
}

function decibels(db: number): string {
  return db <= FLOOR_DB ? '−∞' : signed(db);
}

/** With a true minus sign. */
function signed(db: number): string {
  return Math.round(db).toString().replace('-', '−');
}

function levelText(view: MeterView): string {
  if (view.peakDb <= FLOOR_DB) return t('meter.none');
  const rounded = Math.round(view.peakDb);
  const spoken = rounded < 0 ? `minus ${-rounded}` : String(rounded);
  return t('meter.text', { decibels: spoken, zone: t(`meter.zone.${view.zone}`) });
}
