import type { Recording } from '@awaz/infra/contract';
import { dateText } from './dates.ts';
import { t } from './words.ts';

/** Under a second nobody misses anything. */
const LEAST_TOLD_SECONDS = 1;

/** What a recording is called. */
export function recordingName({ title, startedAt }: Pick<Recording, 'title' | 'startedAt'>): string {
  return title === '' ? dateText(startedAt) : title;
}

/** When it began, how long and how large it is, and what is missing. */
export function recordingFacts(recording: Recording): string {
  const { startedAt, seconds, bytes, silentSeconds, lostSeconds } = recording;
  const facts = [dateText(startedAt), lengthText(seconds), sizeText(bytes)];
  if (silentSeconds >= LEAST_TOLD_SECONDS) facts.push(t('recordings.silent', { length: lengthText(silentSeconds) }));
  if (lostSeconds >= LEAST_TOLD_SECONDS) facts.push(t('recordings.lost', { length: lengthText(lostSeconds) }));
  return facts.join(' · ');
}

/** A length as players write it: `0:07`, `12:00`, `1:02:03`. */
export function lengthText(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
