import {
  AwazError,
  artworkPath,
  isProfileName,
  type LateAudio,
  PROFILE_NAMES,
  type ProfileName,
  SLUG_PATTERN,
} from '@awaz/infra/contract';

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
  /** Renditions of its broadcasts, like `64k,128k`; the server's own settings (`LADDER`) when left out. */
  ladder?: string;
  /** Whether peaks of its broadcasts are held below -1 dBFS. */
  limiter: boolean;
  /** What becomes of audio that comes after its place on air was filled. */
  lateAudio: LateAudio;
  description?: string;
  /** BCP 47, canonical. */
  language?: string;
  /** As `normalTag` makes them, each once. */
  tags: string[];
  /** Address of its picture, relative to the server. */
  artwork?: string;
  /** Rises with each change. */
  version: number;
};

/** What people read of a station, beside its title; checked by the schemas of the contract. */
export type StationFacts = {
  description?: string | undefined;
  language?: string | null | undefined;
  tags?: readonly string[] | undefined;
  ladder?: string | null | undefined;
  /** On in a new station when left out; a change counts from the next broadcast on. */
  limiter?: boolean | undefined;
  /** Dropped when left out; a change counts from the next broadcast on. */
  lateAudio?: LateAudio | undefined;
};

/** What is needed for a new station. */
export type NewStation = StationFacts & {
  slug: string;
  title?: string | undefined;
  public?: boolean;
  /** Name of a profile. */
  profile?: string | undefined;
  /** Account that owns it. */
  ownerId?: string | undefined;
};

/** What may change about a station; what is left out stays. */
export type StationChanges = StationFacts & {
  title?: string | undefined;
  /** Name of a profile, or `default`: the server's own settings again. Counts from the next broadcast on. */
  profile?: string | undefined;
  /** Whether everybody may listen; who may not any more is cut off. */
  public?: boolean | undefined;
};

/** Makes a station of what somebody asked for. Throws `bad_request` that names what is wrong. */
export function newStation(wish: NewStation, createdAt: number): Station {
  const { slug, title = slug, public: isPublic = true, profile, ownerId, tags = [], limiter = true } = wish;
  if (!SLUG_PATTERN.test(slug)) {
    throw new AwazError(
      'bad_request',
      `"${slug.slice(0, 60)}" cannot be a station's address. Use 1 to 40 small letters, digits and hyphens, like night-radio.`,
    );
  }
  return {
    ...{ slug, title: checkedTitle(title), createdAt, public: isPublic, tags: [...tags], limiter, version: 1 },
    lateAudio: wish.lateAudio ?? 'drop',
    ...given({ description: wish.description, language: wish.language, ladder: wish.ladder }),
    ...(ownerId === undefined ? {} : { ownerId }),
    ...(profile === undefined ? {} : { profile: checkedProfile(profile) }),
  };
}

/** Redis hash fields that make the changes; an empty value stands for none. Throws `bad_request`. */
export function changedFields(changes: StationChanges): Record<string, string> {
  const { title, profile, public: isPublic, tags, description, language, ladder, limiter, lateAudio } = changes;
  const facts = Object.entries({ description, language, ladder, lateAudio }).filter(([, fact]) => fact !== undefined);
  return {
    ...Object.fromEntries(facts.map(([name, fact]) => [name, fact ?? ''])),
    ...(tags === undefined ? {} : { tags: JSON.stringify(tags) }),
    ...(limiter === undefined ? {} : { limiter: limiter ? '1' : '0' }),
    ...(isPublic === undefined ? {} : { public: isPublic ? '1' : '0' }),
    ...(title === undefined ? {} : { title: checkedTitle(title) }),
    ...(profile === undefined ? {} : { profile: profile === 'default' ? '' : checkedProfile(profile) }),
  };
}

/** The texts that are there and not empty. */
function given<Name extends string>(texts: Record<Name, string | null | undefined>): Partial<Record<Name, string>> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text)) as Partial<Record<Name, string>>;
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
  const { slug, title, createdAt, profile = '', ownerId = '', description = '', language = '', ladder = '' } = station;
  return {
    ...{ slug, title, createdAt: String(createdAt), public: station.public ? '1' : '0', profile, ownerId },
    ...{ description, language, ladder, limiter: station.limiter ? '1' : '0', lateAudio: station.lateAudio },
    ...{ tags: JSON.stringify(station.tags), version: String(station.version) },
  };
}

/** Reads the hash; undefined when there is none. */
export function parseStation(hash: Record<string, string>): Station | undefined {
  const { slug, title, createdAt, profile = '', ownerId = '', artwork = '' } = hash;
  if (slug === undefined || title === undefined) return undefined;
  return {
    ...{ slug, title, createdAt: Number(createdAt), public: hash.public === '1' },
    ...{ tags: JSON.parse(hash.tags ?? '[]') as string[], version: Number(hash.version ?? 1) },
    limiter: hash.limiter !== '0',
    lateAudio: hash.lateAudio === 'keep' ? 'keep' : 'drop',
    ...given({ description: hash.description, language: hash.language, ladder: hash.ladder }),
    ...(artwork === '' ? {} : { artwork: artworkPath(slug, artwork) }),
    ...(ownerId === '' ? {} : { ownerId }),
    ...(isProfileName(profile) ? { profile } : {}),
  };
}
