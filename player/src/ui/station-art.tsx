import { stationHue } from './station-hue.ts';

const RINGS = [26, 42, 58, 74, 90];

/** The picture of a station that has none: its own hue, its first letter, waves going out. Decorative. */
export function StationArt({ slug, title, dimmed }: { slug: string; title: string; dimmed: boolean }) {
  const initial = [...title.trim()][0]?.toLocaleUpperCase() ?? '';
  return (
    <div
      class={dimmed ? 'station-art station-art--dimmed' : 'station-art'}
      style={{ '--hue': stationHue(slug) }}
      aria-hidden="true"
    >
      <svg viewBox="0 0 120 120" role="presentation">
        {RINGS.map((radius) => (
          <circle key={radius} cx="34" cy="92" r={radius} />
        ))}
      </svg>
      <span dir="auto">{initial}</span>
    </div>
  );
}
