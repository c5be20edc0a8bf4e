import type { ProfileName } from '@awaz/infra/contract';

/** Where the profile of a station is kept; the station store is one. */
export type ProfileSource = {
  /** The station; undefined when there is none. No profile: the server's own settings count. */
  get(station: string): Promise<{ profile?: ProfileName | undefined } | undefined>;
};
