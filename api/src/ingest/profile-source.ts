import type { LateAudio, ProfileName } from '@awaz/infra/contract';

/** What a station chose for its broadcasts. */
export type BroadcastChoices = {
  profile?: ProfileName | undefined;
  ladder?: string | undefined;
  limiter?: boolean;
  lateAudio?: LateAudio;
};

/** Where the choices of a station are kept; the station store is one. */
export type ProfileSource = {
  /** The station; undefined when there is none. What it does not say is as the server is set. */
  get(station: string): Promise<BroadcastChoices | undefined>;
};
