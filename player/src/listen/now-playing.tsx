import type { Track } from '@awaz/infra/contract';

/** A track in one line. */
export function trackLine({ title, artist }: Track): string {
  return artist === '' ? title : `${artist} – ${title}`;
}

/** What is audible now; nothing where nothing is known. */
export function NowPlaying({ track }: { track: Track | null | undefined }) {
  if (!track) return null;
  return (
    <p class="listen-track" dir="auto">
      {trackLine(track)}
    </p>
  );
}
