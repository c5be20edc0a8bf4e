import type { ListenerCount } from './listener-count.ts';
import { Pill } from './pill.tsx';
import { t } from './words.ts';

/** "12 listening"; nothing while nobody listens or it is not known. */
export function ListenerPill({ listeners }: { listeners: ListenerCount | null }) {
  if (listeners === null || listeners.count === 0) return null;
  const { count, exact } = listeners;
  return <Pill>{exact ? t('ui.listening', { count }) : t('ui.listening.least', { count })}</Pill>;
}
