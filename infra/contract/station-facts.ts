/** Most characters of a station's description. */
export const MAX_DESCRIPTION_LENGTH = 500;

/** Most tags of a station. */
export const MAX_TAGS = 10;

/** Most characters of a tag. */
export const MAX_TAG_LENGTH = 30;

/** A tag as it is kept and compared: small letters, single spaces, composed characters. */
export function normalTag(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll(/\s+/gu, ' ').trim();
}

/** A language tag (BCP 47) in its canonical form; undefined when it is none. */
export function canonicalLanguage(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}
