import { AwazError, isProfileName, PROFILE_NAMES, type ProfileName, SLUG_PATTERN } from '@awaz/infra/contract';

/** Most characters of a station's title. */
export const MAX_TITLE_LENGTH = 100;

/** A public channel. */
export type Station = {
  /** Names it in URLs; never changes. */
  slug: string;
  /** What people read. */
  title: string;
  /** Ms since 1970. */
  createdAt: number;
  /** Account that owns it; one without belongs to the administrators. */
  ownerId?: string;
  /** Whether the directory lists it and everybody may listen. */
  public: boolean;
  /** How its broadcasts are cut and listed; the server's own settings (`PART_TARGET_MS`) when left out. */
  profile?: ProfileName;
};

/** What is needed for a new station. */
export type NewStation = {
  slug: string;
  title?: string | undefined;
  public?: boolean;
  /** Name of a profile. */
  profile?: string | undefined;
  /** Account that owns it. */
  ownerId?: string | undefined;
};

/** What may change about a station; what is left out stays. */
export type StationChanges = {
  title?: string | undefined;
  /** Name of a profile, or `default`: the server's own settings again. Counts from the next broadcast on. */
  profile?: string | undefined;
  /** Whether everybody may listen; who may not any more is cut off. */
  public?: boolean | undefined;
};

/** Makes a station of what somebody asked for. Throws `bad_request` that names what is wrong. */
export function newStation(wish: NewStation, createdAt: number): Station {
  const { slug, title = slug, public: isPublic = true, profile, ownerId } = wish;
  if (!SLUG_PATTERN.test(slug)) {
    throw new AwazError(
      'bad_request',
      `"${slug.slice(0, 60)}" cannot be a station's address. Use 1 to 40 small letters, digits and hyphens, like night-radio.`,
    );
  }
  return {
    ...{ slug, title: checkedTitle(title), createdAt, public: isPublic },
    ...(ownerId === undefined ? {} : { ownerId }),
    ...(profile === undefined ? {} : { profile: checkedProfile(profile) }),
  };
}

/** Redis hash fields that make the changes; an empty value stands for none. Throws `bad_request`. */
export function changedFields({ title, profile, public: isPublic }: StationChanges): Record<string, string> {
  return {
    ...(isPublic === undefined ? {} : { public: isPublic ? '1' : '0' }),
    ...(title === undefined ? {} : { title: checkedTitle(title) }),
    ...(profile === undefined ? {} : { profile: profile === 'default' ? '' : checkedProfile(profile) }),
  };
}

function checkedTitle(title: string): string {
  const trimmed = title.trim();
  if (trimmed === '' || trimmed.length > MAX_TITLE_LENGTH || /\p{Cc}/u.test(trimmed)) {
    throw new AwazError('bad_request', `A title needs 1 to ${MAX_TITLE_LENGTH} characters on one line.`);
  }
  return trimmed;
}

function checkedProfile(name: string): ProfileName {
  if (isProfileName(name)) return name;
  const names = PROFILE_NAMES.join(', ');
  throw new AwazError('bad_request', `There is no profile "${name.slice(0, 20)}". Choose one of ${names}.`);
}

/** Redis hash fields of a station. */
export function stationFields(station: Station): Record<string, string> {
  const { slug, title, createdAt, profile = '', ownerId = '' } = station;
  return { slug, title, createdAt: String(createdAt), public: station.public ? '1' : '0', profile, ownerId };
}

/** Reads the hash; undefined when there is none. */
export function parseStation(hash: Record<string, string>): Station | undefined {
  const { slug, title, createdAt, profile = '', ownerId = '' } = hash;
  if (slug === undefined || title === undefined) return undefined;
  return {
    ...{ slug, title, createdAt: Number(createdAt), public: hash.public === '1' },
    ...(ownerId === '' ? {} : { ownerId }),
    ...(isProfileName(profile) ? { profile } : {}),
  };
}
