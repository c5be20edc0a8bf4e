import { stationHue } from './station-hue.ts';

const RINGS = [26, 42, 58, 74, 90];

/** Props of {@link StationArt}. */
export type StationArtProps = {
  slug: string;
  title: string;
  /** Greyed, as of a station that is off air. */
  dimmed: boolean;
  /** Address of its picture, where it has one. */
  artwork?: string | null | undefined;
};

/**
 * The picture of a station; of one that has none, or whose picture does not come, its own hue, its first letter, and
 * waves going out. Decorative.
 */
export function StationArt({ slug, title, dimmed, artwork }: StationArtProps) {
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
      {artwork && (
        <img
          key={artwork}
          src={artwork}
          alt=""
          decoding="async"
          onError={({ currentTarget }) => {
            currentTarget.hidden = true;
          }}
        />
      )}
    </div>
  );
}
