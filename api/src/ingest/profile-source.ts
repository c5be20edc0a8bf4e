import type { ProfileName } from '@awaz/infra/contract';

/** Where profile, ladder and limiter of a station are kept; the station store is one. */
export type ProfileSource = {
  /** The station; undefined when there is none. What it does not say is as the server is set. */
  get(
    station: string,
  ): Promise<{ profile?: ProfileName | undefined; ladder?: string | undefined; limiter?: boolean } | undefined>;
};
