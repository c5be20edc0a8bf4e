import { AwazError, SLUG_PATTERN } from '@awaz/infra/contract';

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
  /** Whether the directory lists it and everybody may listen. */
  public: boolean;
};

/** What is needed for a new station. */
export type NewStation = { slug: string; title?: string | undefined; public?: boolean };

/** Makes a station of what somebody asked for. Throws `bad_request` that names what is wrong. */
export function newStation({ slug, title = slug, public: isPublic = true }: NewStation, createdAt: number): Station {
  if (!SLUG_PATTERN.test(slug)) {
    throw new AwazError(
      'bad_request',
      `"${slug.slice(0, 60)}" cannot be a station's address. Use 1 to 40 small letters, digits and hyphens, like night-radio.`,
    );
  }
  const trimmed = title.trim();
  if (trimmed === '' || trimmed.length > MAX_TITLE_LENGTH || /\p{Cc}/u.test(trimmed)) {
    throw new AwazError('bad_request', `A title needs 1 to ${MAX_TITLE_LENGTH} characters on one line.`);
  }
  return { slug, title: trimmed, createdAt, public: isPublic };
}

/** Redis hash fields of a station. */
export function stationFields(station: Station): Record<string, string> {
  const { slug, title, createdAt } = station;
  return { slug, title, createdAt: String(createdAt), public: station.public ? '1' : '0' };
}

/** Reads the hash; undefined when there is none. */
export function parseStation(hash: Record<string, string>): Station | undefined {
  const { slug, title, createdAt } = hash;
  if (slug === undefined || title === undefined) return undefined;
  return { slug, title, createdAt: Number(createdAt), public: hash.public === '1' };
}
