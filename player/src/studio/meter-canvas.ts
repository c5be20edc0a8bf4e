import { AMBER_DB, FLOOR_DB, type MeterView, meterFraction, RED_DB } from './meter-scale.ts';

/** Colours of the meter, read from the page's tokens. */
export type MeterColours = { good: string; loud: string; over: string; track: string; mark: string };

/** Height of a channel's bar and of the gap between two, in CSS pixels. */
const BAR_HEIGHT = 18;
const GAP = 4;

/** Height of the canvas for a number of channels, in CSS pixels. */
export function meterHeight(channels: number): number {
  return channels * BAR_HEIGHT + (channels - 1) * GAP;
}

/** The colours in force on an element. */
export function coloursOf(element: Element): MeterColours {
  const style = getComputedStyle(element);
  const [good, loud, over, track, mark] = ['ok', 'warn', 'danger', 'surface-2', 'text'].map((name) =>
    style.getPropertyValue(`--meter-${name}`),
  ) as [string, string, string, string, string];
  return { good, loud, over, track, mark };
}

/** Draws one view: per channel the RMS filled, the peak faint around it, the held peak as a mark; zones by colour and tick. */
export function drawMeter(canvas: HTMLCanvasElement, view: MeterView, colours: MeterColours): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const ratio = devicePixelRatio;
  const width = canvas.clientWidth;
  const channels = Math.max(1, view.channels.length);
  const height = meterHeight(channels);
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  for (let channel = 0; channel < channels; channel++) {
    const levels = view.channels[channel] ?? { rmsDb: FLOOR_DB, peakDb: FLOOR_DB, holdDb: FLOOR_DB };
    drawBar(context, { top: channel * (BAR_HEIGHT + GAP), width, levels, colours });
  }
}

type Bar = { top: number; width: number; levels: MeterView['channels'][number]; colours: MeterColours };

function drawBar(context: CanvasRenderingContext2D, { top, width, levels, colours }: Bar): void {
  const x = (db: number) => meterFraction(db) * width;
  const fill = (from: number, to: number) => to > from && context.fillRect(x(from), top, x(to) - x(from), BAR_HEIGHT);
  context.save();
  context.beginPath();
  context.roundRect(0, top, width, BAR_HEIGHT, 5);
  context.clip();
  context.fillStyle = colours.track;
  context.fillRect(0, top, width, BAR_HEIGHT);
  const zones: [number, number, string][] = [
    [FLOOR_DB, AMBER_DB, colours.good],
    [AMBER_DB, RED_DB, colours.loud],
    [RED_DB, 0, colours.over],
  ];
  for (const [from, to, colour] of zones) {
    context.fillStyle = colour;
    context.globalAlpha = 0.16;
    fill(from, to);
    context.globalAlpha = 0.45;
    fill(from, Math.min(to, levels.peakDb));
    context.globalAlpha = 1;
    fill(from, Math.min(to, levels.rmsDb));
  }
  if (levels.holdDb > FLOOR_DB) {
    context.fillStyle = colours.mark;
    context.fillRect(Math.min(width - 2, x(levels.holdDb) - 1), top, 2, BAR_HEIGHT);
  }
  context.restore();
}
