import { type ChangeStationRequest, type LateAudio, type OwnStation, PROFILE_NAMES } from '@awaz/infra/contract';

/** Ladders that are offered, by name. */
export const LADDERS = { saver: '32k,64k', standard: '64k,128k', music: '64k,128k,256k' } as const;

/** A ladder: as the server is set, one of those that are offered, or another one, as it is written. */
export type LadderChoice = 'default' | keyof typeof LADDERS | `own:${string}`;

/** How a station's broadcasts are cut; `default`: as the server is set. */
export type ProfileChoice = NonNullable<ChangeStationRequest['profile']>;

/** Profiles that are offered. */
export const PROFILE_CHOICES: readonly ProfileChoice[] = ['default', ...PROFILE_NAMES];

/** What counts from a station's next broadcast on. */
export type BroadcastSettings = {
  profile: ProfileChoice;
  ladder: LadderChoice;
  limiter: 'on' | 'off';
  lateAudio: LateAudio;
};

/** What is chosen for a station. */
export function broadcastSettingsOf({ profile, ladder, limiter, lateAudio }: OwnStation): BroadcastSettings {
  return {
    profile: PROFILE_CHOICES.find((name) => name === profile) ?? 'default',
    ladder: ladderChoiceOf(ladder),
    limiter: limiter ? 'on' : 'off',
    lateAudio,
  };
}

/** The same as the API takes it. */
export function broadcastChange({ profile, ladder, limiter, lateAudio }: BroadcastSettings): ChangeStationRequest {
  return { profile, ladder: ladderOf(ladder), limiter: limiter === 'on', lateAudio };
}

function ladderChoiceOf(ladder: string | null): LadderChoice {
  if (ladder === null) return 'default';
  const names = Object.keys(LADDERS) as (keyof typeof LADDERS)[];
  return names.find((name) => LADDERS[name] === ladder) ?? `own:${ladder}`;
}

function ladderOf(choice: LadderChoice): string | null {
  if (choice === 'default') return null;
  return isOffered(choice) ? LADDERS[choice] : choice.slice('own:'.length);
}

function isOffered(choice: LadderChoice): choice is keyof typeof LADDERS {
  return Object.hasOwn(LADDERS, choice);
}
