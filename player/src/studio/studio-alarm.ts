import type { AlarmLevel, AlarmName } from '@awaz/infra/contract';
import type { SignalAlarm } from './signal-watch.ts';

/** What is wrong with the sound, by the microphone's own readings or by the server. */
export type StudioAlarm = SignalAlarm | 'too_quiet' | 'upload_slow' | 'disk_full';

/** The more urgent first. */
const URGENCY: readonly StudioAlarm[] = [
  'silence_alarm',
  'silence_warn',
  'no_signal',
  'upload_slow',
  'clipping',
  'too_quiet',
  'disk_full',
];

/** The most urgent of what the microphone shows and what the server told; undefined when nothing is wrong. */
export function worstAlarm(
  own: SignalAlarm | undefined,
  told: ReadonlyMap<AlarmName, AlarmLevel>,
): StudioAlarm | undefined {
  const all = [own, ...[...told].map(([name, level]) => ofServer(name, level))];
  return URGENCY.find((alarm) => all.includes(alarm));
}

function ofServer(name: AlarmName, level: AlarmLevel): StudioAlarm | undefined {
  if (level === 'off') return undefined;
  if (name !== 'silence_on_air') return name;
  return level === 'alarm' ? 'silence_alarm' : 'silence_warn';
}
