import { LiveClient } from '../live/index.ts';

/** What is told of the directory. */
export type DirectoryNews = {
  /** The list was joined anew; what came before may have been missed. */
  onJoined: () => void;
  onStarted: (station: { slug: string; startedAt: number }) => void;
  onStopped: (slug: string) => void;
};

/** Follows the directory for the life of the page. A chunk of its own. */
export function followDirectory({ onJoined, onStarted, onStopped }: DirectoryNews): void {
  const feed = new LiveClient({ namespace: '/' }).directory();
  feed.on('stations', onJoined);
  feed.on('stream:started', ({ station, startedAt }) => onStarted({ slug: station, startedAt }));
  feed.on('stream:stopped', ({ station }) => onStopped(station));
}
